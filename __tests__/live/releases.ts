import { join } from "node:path";
import { run } from "../../scripts/run";
import { REGISTRY } from "./deployment";

const EXAMPLES = join(__dirname, "..", "..", "examples");
const PREFIX = `${REGISTRY.replace(/^https?:\/\//, "")}/`;

/** How a release of the stand-in backend misbehaves; see examples/chenu/backend/app/rehearsal.py. */
export interface Rehearsal {
  readonly startDelay?: number;
  readonly fail?: "500" | "migrate";
}

/** Builds a release of CHE·NU's stand-in and pushes it to the test's registry. */
export async function publish(release: string, { startDelay = 0, fail }: Rehearsal = {}): Promise<void> {
  await publishPart("chenu/backend", release, [
    `RELEASE=${release}`,
    `START_DELAY=${startDelay}`,
    `FAIL=${fail ?? ""}`,
  ]);
  await publishPart("chenu/frontend", release);
}

/** Builds a release of one part, which has a folder of its name in the examples, and pushes it to the test's registry. */
export async function publishPart(part: string, release: string, buildArgs: readonly string[] = []): Promise<void> {
  const image = `${PREFIX}${part}:${release}`;
  const args = [`REGISTRY=${PREFIX}`, ...buildArgs].flatMap((arg) => ["--build-arg", arg]);
  await run("docker", ["build", "-q", "-t", image, ...args, join(EXAMPLES, part)], { env: { DOCKER_BUILDKIT: "0" } });
  await run("docker", ["push", "-q", image]);
}
