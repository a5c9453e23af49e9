import { existsSync, mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { attempt, run } from "../scripts/run";
import { ensureBase } from "../scripts/setup/images/base";

const CACHE = join(homedir(), ".cache", "portolan");
const SUITE = "forky";

/** Command line of a Docker Compose with `up --wait`: this machine's, or Debian's, fetched into a cache folder. */
export async function findCompose(): Promise<string[]> {
  const fetched = join(CACHE, "docker-compose");
  for (const candidate of [["docker", "compose"], ["docker-compose"], [fetched]]) {
    if (await isCompose(candidate)) return candidate;
  }
  try {
    await fetchInto(CACHE);
  } catch (error) {
    throw new Error(
      `there is no Docker Compose to compare with, and Debian's could not be fetched; install it (docker compose version)\n${(error as Error).message}`,
    );
  }
  if (await isCompose([fetched])) return [fetched];
  throw new Error(`Docker Compose from Debian ${SUITE} does not run here; install it (docker compose version)`);
}

/** Version 1 can't wait. */
async function isCompose([command = "", ...args]: readonly string[]): Promise<boolean> {
  if (command.startsWith("/") && !existsSync(command)) return false;
  const version = await attempt(command, [...args, "version", "--short"]).catch(() => undefined);
  return version?.exitCode === 0 && !/^v?1\./.test(version.stdout);
}

/** In a container, so that nothing of this machine's own packages changes. */
async function fetchInto(folder: string): Promise<void> {
  console.log(`Fetching Docker Compose into ${folder}`);
  await ensureBase(SUITE, (doing) => console.log(doing));
  mkdirSync(folder, { recursive: true });
  const script = [
    "apt-get update",
    "cd /tmp",
    "apt-get download docker-compose",
    "dpkg-deb --extract docker-compose_*.deb content",
    "cp content/usr/libexec/docker/cli-plugins/docker-compose /out/",
  ].join(" && ");
  const mount = `type=bind,source=${folder},target=/out`;
  await run("docker", ["run", "--rm", "--mount", mount, `portolan/base:${SUITE}`, "sh", "-c", script]);
}
