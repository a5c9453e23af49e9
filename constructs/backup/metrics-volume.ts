import { TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { Volume } from "../runtime";

/** The volume of an environment into which everything writes metrics as files, for a node exporter to collect. */
export function metricsVolume(scope: Construct): Volume {
  const stack = TerraformStack.of(scope);
  return (stack.node.tryFindChild("metrics") as Volume | undefined) ?? new Volume(stack, "metrics");
}
