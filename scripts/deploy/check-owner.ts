import { readFileSync } from "node:fs";
import { join } from "node:path";
import { shellOn } from "../host/on-host";
import { attempt } from "../run";
import type { SynthesisedStack } from "../synthesised-stack";

const SCRIPT = join(__dirname, "owners.sh");

/**
 * Stops a deploy that would take another environment's data for its own, before anything is planned. System `shop` with
 * environment `eu-staging` and system `shop-eu` with `staging` have the same Docker names, and Docker hands out a volume
 * that is there already.
 *
 * @throws Error with whose the volume is, and what to do
 */
export async function checkOwner(stack: Pick<SynthesisedStack, "json" | "folder">): Promise<void> {
  const environment = ownLabel(stack);
  const volumes = volumesOf(stack);
  if (!environment || volumes.length === 0) return;
  const { command, args } = shellOn(stack);
  const host = stack.json.provider?.docker?.[0]?.host ?? "";
  const { stdout, exitCode } = await attempt(command, [...args, `sh -s -- ${[environment, ...volumes].join(" ")}`], {
    cwd: stack.folder,
    env: host.startsWith("unix://") ? { DOCKER_HOST: host } : {},
    input: readFileSync(SCRIPT, "utf8"),
  });
  const [owner, volume, container] = stdout.split("\n", 1)[0]?.split(" ") ?? [];
  // That the engine doesn't answer is for checkHost to say.
  if (exitCode !== 0 || !owner) return;
  throw new Error(
    `volume ${volume} is that of ${owner} on this host (container ${container}), and ${environment} would take it for its own; ` +
      "rename the system or the environment that has no data yet, or deploy it to another host",
  );
}

/** As every container of the environment is labelled. */
function ownLabel({ json }: Pick<SynthesisedStack, "json">): string | undefined {
  const labels = Object.values(json.resource?.docker_container ?? {}).flatMap((container) => container.labels ?? []);
  return labels.find(({ label }) => label === "portolan.environment")?.value;
}

/** Docker's names, those of the data first. */
function volumesOf({ json }: Pick<SynthesisedStack, "json">): string[] {
  const volumes = Object.values(json.resource?.docker_volume ?? {});
  return volumes
    .flatMap(({ for_each, name = "" }) => (for_each ? Object.keys(for_each) : [name]))
    .filter((name) => name !== "" && !name.includes("${"));
}
