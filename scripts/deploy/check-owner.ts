import { readFileSync } from "node:fs";
import { join } from "node:path";
import { runOnHost } from "../host/run-on-host";
import type { SynthesisedStack } from "../synthesised-stack";

const SCRIPT = join(__dirname, "..", "..", "constructs", "runtime", "claim.sh");

/**
 * Stops a deploy that would take another environment's data for its own, before anything is planned. Its apply would be
 * refused, too.
 *
 * @throws Error with whose the volume is, and what to do
 */
export async function checkOwner(stack: Pick<SynthesisedStack, "json" | "folder">): Promise<void> {
  const claim = stack.json.resource?.terraform_data?.owner?.input;
  if (!claim) return;
  const words = ["look", claim.environment, claim.name, ...volumesOf(stack)];
  const { stdout, exitCode } = await runOnHost(stack, readFileSync(SCRIPT, "utf8"), words);
  const [mistake] = stdout.split("\n", 1);
  // That the engine doesn't answer is for checkHost to say.
  if (exitCode === 0 && mistake) throw new Error(mistake);
}

/** Docker's names, those of the data first. */
function volumesOf({ json }: Pick<SynthesisedStack, "json">): string[] {
  const volumes = Object.values(json.resource?.docker_volume ?? {});
  return volumes
    .flatMap(({ for_each, name = "" }) => (for_each ? Object.keys(for_each) : [name]))
    .filter((name) => name !== "" && !name.includes("${"));
}
