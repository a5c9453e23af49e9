import { createHash } from "node:crypto";
import { copyFile, mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run, succeeds } from "../../run";
import type { Report } from "../setup-error";

/**
 * An image with nothing in it but the packages of an application's package-lock.json, for builds that cannot reach npm's
 * registry; returns its name.
 */
export async function ensureNpmPackages(application: string, report: Report): Promise<string> {
  const lock = await readFile(join(application, "package-lock.json"));
  const image = `portolan/npm-packages:${createHash("sha256").update(lock).digest("hex").slice(0, 16)}`;
  if (await succeeds("docker", ["image", "inspect", image])) return image;

  report("installing the npm packages of an example");
  const folder = await mkdtemp(join(tmpdir(), "portolan-npm-"));
  try {
    const [packages, archive] = [join(folder, "packages"), join(folder, "packages.tar")];
    await mkdir(packages);
    for (const file of ["package.json", "package-lock.json"]) {
      await copyFile(join(application, file), join(packages, file));
    }
    await run("npm", ["ci", "--omit=dev", "--ignore-scripts"], { cwd: packages });
    await run("tar", ["--create", "--file", archive, "--owner=0", "--group=0", "--directory", packages, "."]);
    await run("docker", ["import", archive, image]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return image;
}
