import { join } from "node:path";
import { run } from "../../scripts/run";
import { REGISTRY } from "./deployment";

const EXAMPLE = join(__dirname, "..", "..", "examples", "chenu");
const PREFIX = `${REGISTRY.replace(/^https?:\/\//, "")}/`;

/** How a release of the stand-in backend misbehaves; see examples/chenu/backend/app/rehearsal.py. */
export interface Rehearsal {
  readonly startDelay?: number;
  readonly fail?: "500" | "migrate";
}

/** Builds a release of the stand-in application and pushes it to the test's registry. */
export async function publish(release: string, { startDelay = 0, fail }: Rehearsal = {}): Promise<void> {
  await build("backend", release, [`RELEASE=${release}`, `START_DELAY=${startDelay}`, `FAIL=${fail ?? ""}`]);
  await build("frontend", release, []);
}

async function build(part: string, release: string, buildArgs: string[]): Promise<void> {
  const image = `${PREFIX}chenu/${part}:${release}`;
  const args = [`REGISTRY=${PREFIX}`, ...buildArgs].flatMap((arg) => ["--build-arg", arg]);
  await run("docker", ["build", "-q", "-t", image, ...args, join(EXAMPLE, part)], { env: { DOCKER_BUILDKIT: "0" } });
  await run("docker", ["push", "-q", image]);
}
