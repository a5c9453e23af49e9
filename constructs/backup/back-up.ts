import { Lazy, TerraformOutput, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import type { Removal } from "../runtime";
import type { Backup } from "./backup";
import { BackupService, type BackupSource } from "./backup-service";

/** Backs up `scope` after the policy. Where that says no, every plan says so, with the reason, in an output. */
export function backUp(
  scope: Construct,
  props: { readonly policy: Backup; readonly source: BackupSource; readonly removal?: Removal },
): BackupService | undefined {
  const { offReason } = props.policy;
  if (offReason === undefined) return new BackupService(scope, "backup", props);
  WithoutBackup.of(scope).add(scope, offReason);
  return undefined;
}

/** What has no backup, and why. */
class WithoutBackup extends TerraformOutput {
  static of(scope: Construct): WithoutBackup {
    const stack = TerraformStack.of(scope);
    return (stack.node.tryFindChild("without-backup") as WithoutBackup | undefined) ?? new WithoutBackup(stack);
  }

  private readonly reasons: Record<string, string>;

  private constructor(stack: TerraformStack) {
    const reasons: Record<string, string> = {};
    super(stack, "without-backup", { staticId: true, value: Lazy.anyValue({ produce: () => reasons }) });
    this.reasons = reasons;
  }

  add(scope: Construct, reason: string): void {
    this.reasons[scope.node.path.slice(TerraformStack.of(scope).node.path.length + 1)] = reason;
  }
}
