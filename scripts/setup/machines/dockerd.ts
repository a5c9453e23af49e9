import { existsSync } from "node:fs";
import { mkdir, rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import { buildGoProgram, type GoProgram } from "../go";
import type { Report } from "../setup-error";
import { MACHINES } from "./root-file-system";

/** The engine's next line, which no Debian has yet. */
const DOCKERD: GoProgram = {
  module: "github.com/moby/moby/v2",
  version: "v2.0.0-beta.24",
  go: "1.26.3",
  folder: "cmd/dockerd",
  tags: ["no_systemd", "exclude_graphdriver_btrfs"],
  // Without it the engine calls itself "library-import", which nobody can compare.
  variables: ["github.com/moby/moby/v2/dockerversion.Version=29.0.0-beta.24"],
};

/** Sees to a dockerd of Docker 29's line, built from its Go module; returns its path. */
export async function ensureDockerd(report: Report): Promise<string> {
  const program = join(MACHINES, `dockerd-${DOCKERD.version}`);
  if (existsSync(program)) return program;
  report(`building dockerd ${DOCKERD.version} from source, about three minutes`);
  await mkdir(dirname(program), { recursive: true });
  // Under another name until it is whole: an interrupted build must not look like an engine.
  const unfinished = `${program}.${process.pid}`;
  await buildGoProgram(DOCKERD, unfinished, report);
  await rename(unfinished, program);
  return program;
}
