import { TerraformStack, TerraformVariable } from "cdktf";
import type { Construct } from "constructs";
import { type DataVolume, remember } from "../runtime";

/**
 * Remembers in Terraform's state which series of a server has written a data volume, like `postgres 17`. A server of another
 * series doesn't start on it, or changes it for good, so a plan with another stops; `npm run upgrade` brings the data over,
 * and then replaces what is remembered.
 *
 * @param series as `postgres 17`
 */
export function rememberSeries(scope: Construct, data: DataVolume, series: string): void {
  const stack = TerraformStack.of(scope);
  const path = scope.node.path.slice(stack.node.path.length + 1);
  const remembered = `${series}${underWay(stack).stringValue}`;
  // Known by the data's own name, which a construct that was renamed keeps.
  const resource = `series-${data.dockerName.replaceAll(".", "_")}`;
  remember(scope, resource, {
    value: remembered,
    refusal: [
      `${scope.node.path} has the data of \${self.output}, and the code says ${series}, which can't take them over as they are. Put the old version back into the code, or bring the data over (docs/upgrades.md), type:`,
      `  npm run upgrade -- ${stack.node.id} ${path}`,
    ].join("\n\n"),
  });
  stack.addOverride(`//.series.${path}`, { series, resource: `terraform_data.${resource}` });
}

/** What an upgrade notes behind the series while it is at work: meanwhile any other plan is one with another series. */
function underWay(stack: TerraformStack): TerraformVariable {
  const name = "UPGRADE_UNDER_WAY";
  const there = stack.node.tryFindChild(name) as TerraformVariable | undefined;
  const description = "For npm run upgrade alone";
  return there ?? new TerraformVariable(stack, name, { type: "string", nullable: false, default: "", description });
}
