import { mkdirSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { run } from "../../../scripts/run";
import { buildGoProgram, type GoProgram } from "../../../scripts/setup/go";
import { LOCAL_REGISTRY } from "../../../scripts/setup/images/registry";
import { REGISTRY } from "../deployment";
import { official } from "./backup-container";

const RCLONE = { module: "github.com/rclone/rclone", version: "v1.75.1", go: "1.25.0", variables: [] };
const VERSITYGW = {
  ...{ module: "github.com/versity/versitygw", folder: "cmd/versitygw", version: "v1.8.0", go: "1.25.0" },
  variables: [],
};

/** rclone's image: an S3 server, and a client of any. Debian's rclone has no S3 server. */
export function rcloneImage(): Promise<string> {
  return imageOf("rclone", "rclone/rclone:1.75.1", RCLONE, "version");
}

/** An S3 server with versions of objects, and keys that may do some things only. Debian has none. */
export function versitygwImage(): Promise<string> {
  return imageOf("versitygw", "versity/versitygw:v1.8.0", VERSITYGW, "--version");
}

/** The official image, or a stand-in that is built from the Go module. */
async function imageOf(name: string, image: string, source: GoProgram, version: string): Promise<string> {
  const reference = official(image);
  if (REGISTRY !== LOCAL_REGISTRY) return reference;
  const folder = join(homedir(), ".cache", "portolan", `${name}-${source.version.replace("v", "")}`);
  mkdirSync(folder, { recursive: true });
  const program = join(folder, name);
  if (!(await run(program, [version]).catch(() => undefined))) await buildGoProgram(source, program, () => undefined);
  writeFileSync(
    join(folder, "Dockerfile"),
    `FROM portolan/base:forky\nCOPY ${name} /usr/local/bin/${name}\nENTRYPOINT ["${name}"]\n`,
  );
  await run("docker", ["build", "--quiet", "--tag", reference, folder], { env: { DOCKER_BUILDKIT: "0" } });
  return reference;
}
