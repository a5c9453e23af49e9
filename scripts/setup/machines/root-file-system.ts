import { existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { run } from "../../run";
import { ensureBase } from "../images/base";
import { ensureBuilt, labelOf } from "../images/build";
import type { Report } from "../setup-error";

/** Where whatever the tests' machines are made of is kept. */
export const MACHINES = join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "portolan", "machines");

/** Script with which a machine mounts what every root file system needs. */
export const SYSTEM_MOUNTS = join(__dirname, "system-mounts.sh");

/** A Debian release that machines run, with the engine it brings. */
export type Suite = "bookworm" | "forky";

/**
 * Sees to a folder with the root file system of a Docker host, which is Debian with its engine, sshd and a registry; or of
 * a bare machine, with git alone. It is built once, as an image, and unpacked under that image's fingerprint; machines lay
 * their own changes over it.
 */
export async function ensureRootFileSystem(
  suite: Suite,
  report: Report,
  kind: "machine" | "bare" = "machine",
): Promise<string> {
  const image = `portolan/${kind}:${suite}`;
  const base = await ensureBase(suite, report);
  await ensureBuilt({ image, folder: join(__dirname, kind), buildArgs: { SUITE: suite }, base }, report);
  const folder = join(MACHINES, `${suite}-${await labelOf(image)}`);
  if (!existsSync(folder)) await unpack(image, folder);
  return folder;
}

async function unpack(image: string, folder: string): Promise<void> {
  // Under another name until it is whole.
  const unfinished = `${folder}.${process.pid}`;
  await mkdir(unfinished, { recursive: true });
  const { stdout } = await run("docker", ["create", image]);
  const container = stdout.trim();
  try {
    await run("sh", ["-c", 'docker export "$1" | tar --extract --directory "$2"', "sh", container, unfinished]);
    await rename(unfinished, folder);
  } finally {
    await run("docker", ["rm", container]);
    await rm(unfinished, { recursive: true, force: true });
  }
}
