import { mkdirSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { run } from "../../../scripts/run";
import { buildGoProgram } from "../../../scripts/setup/go";
import { LOCAL_REGISTRY } from "../../../scripts/setup/images/registry";
import { REGISTRY } from "../deployment";
import { official } from "./backup-container";

const VERSION = "1.75.1";
const RCLONE = { module: "github.com/rclone/rclone", version: `v${VERSION}`, go: "1.25.0", variables: [] };

/** rclone's image. Debian's rclone has no S3 server, so its stand-in is built from the Go module. */
export async function rcloneImage(): Promise<string> {
  const reference = official(`rclone/rclone:${VERSION}`);
  if (REGISTRY !== LOCAL_REGISTRY) return reference;
  const folder = join(homedir(), ".cache", "portolan", `rclone-${VERSION}`);
  mkdirSync(folder, { recursive: true });
  const program = join(folder, "rclone");
  if (!(await run(program, ["version"]).catch(() => undefined))) await buildGoProgram(RCLONE, program, () => undefined);
  writeFileSync(
    join(folder, "Dockerfile"),
    'FROM portolan/base:forky\nCOPY rclone /usr/local/bin/rclone\nENTRYPOINT ["rclone"]\n',
  );
  await run("docker", ["build", "--quiet", "--tag", reference, folder], { env: { DOCKER_BUILDKIT: "0" } });
  return reference;
}
