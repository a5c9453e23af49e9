import { Lazy, TerraformOutput, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { InvalidInput } from "../invalid-input";
import type { Removal } from "../runtime";
import type { Backup } from "./backup";
import { BackupService, type BackupSource } from "./backup-service";

/**
 * Backs up `scope` after the policy. Where that says no, or only on this host, every plan says so, with the reason, in an
 * output.
 *
 * @throws InvalidInput when production's backups would be lost with their host, and nobody said why that is well
 */
export function backUp(
  scope: Construct,
  props: { readonly policy: Backup; readonly source: BackupSource; readonly removal?: Removal },
): BackupService | undefined {
  const { offReason, onlyHere, isOnlyHere } = props.policy;
  if (offReason !== undefined) {
    withoutBackup(scope, offReason);
    return undefined;
  }
  if (onlyHere !== undefined) Reasons.of(scope, "backups-only-here").add(scope, onlyHere);
  else if (isOnlyHere && TerraformStack.of(scope).node.id === "production") {
    throw new InvalidInput(
      scope,
      'production\'s backups would be on its own host only, and lost with it; pass Backup.nightly({ offsite: environment.offsite }) and give the environment\'s file "backups": {"offsite": "s3:https://…"}, or say why not: Backup.nightly({ onlyHere: "why" })',
    );
  }
  return new BackupService(scope, "backup", props);
}

/** Says in every plan that the data of `scope` has no backup, and why. */
export function withoutBackup(scope: Construct, reason: string): void {
  Reasons.of(scope, "without-backup").add(scope, reason);
}

/** What has no backup, or none elsewhere, and why. */
class Reasons extends TerraformOutput {
  static of(scope: Construct, id: string): Reasons {
    const stack = TerraformStack.of(scope);
    return (stack.node.tryFindChild(id) as Reasons | undefined) ?? new Reasons(stack, id);
  }

  private readonly reasons: Record<string, string>;

  private constructor(stack: TerraformStack, id: string) {
    const reasons: Record<string, string> = {};
    super(stack, id, { staticId: true, value: Lazy.anyValue({ produce: () => reasons }) });
    this.reasons = reasons;
  }

  add(scope: Construct, reason: string): void {
    this.reasons[scope.node.path.slice(TerraformStack.of(scope).node.path.length + 1)] = reason;
  }
}
