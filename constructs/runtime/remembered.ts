import { Op, TerraformSelf, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { DockerHost } from "./docker-host";

export interface Remembered {
  /** What the code says now. */
  readonly value: string;
  /** How the state keeps it. @default value */
  readonly input?: string;
  /** Once this has changed, the new value is remembered. @default until the resource is replaced */
  readonly replacedBy?: string;
  /** Why a plan with another value stops, and what to type. */
  readonly refusal: string;
}

/** What an override depends on, so that a host which doesn't answer is one error. */
export function afterHost(scope: Construct): string[] {
  const { terraformResourceType, friendlyUniqueId } = DockerHost.of(scope).reachable;
  return [`data.${terraformResourceType}.${friendlyUniqueId}`];
}

/** Has Terraform's state remember a value, as `terraform_data.<name>`: a plan with another one stops. */
export function remember(scope: Construct, name: string, { value, input, replacedBy, refusal }: Remembered): void {
  TerraformStack.of(scope).addOverride(`resource.terraform_data.${name}`, {
    depends_on: afterHost(scope),
    input: input ?? value,
    ...(replacedBy && { triggers_replace: replacedBy }),
    lifecycle: {
      ignore_changes: ["input"],
      postcondition: [{ condition: Op.eq(TerraformSelf.getAny("output"), value), error_message: refusal }],
    },
  });
}
