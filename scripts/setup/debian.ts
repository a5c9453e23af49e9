import { existsSync } from "node:fs";
import { run, succeeds } from "../run";
import { type Report, SetupError } from "./setup-error";

/** Installs Debian packages for a piece of the setup, or says what to type where this process may not. */
export async function installPackages(piece: string, packages: readonly string[], report: Report): Promise<void> {
  const install = `apt-get install --yes --no-install-recommends ${packages.join(" ")}`;
  if (!existsSync("/usr/bin/apt-get")) {
    throw new SetupError(
      piece,
      "it is missing, and this system has no apt-get to install it with",
      "install it by hand",
    );
  }
  if (process.getuid?.() !== 0) {
    throw new SetupError(
      piece,
      "it is missing, and only root can install it",
      `sudo apt-get update && sudo ${install}`,
    );
  }
  const quiet = { env: { DEBIAN_FRONTEND: "noninteractive" } };
  // A new machine is often busy with its own updates.
  const patient = ["-o", "DPkg::Lock::Timeout=300"];
  report(`installing ${packages.join(", ")}`);
  // Archives of unrelated software may be down: what counts is whether the packages can be installed.
  await succeeds("apt-get", [...patient, "update"], quiet);
  try {
    await run("apt-get", [...patient, ...install.split(" ").slice(1)], quiet);
  } catch (error) {
    throw new SetupError(piece, (error as Error).message, `apt-get update && ${install}`);
  }
}

/** Whether a program is on PATH. */
export function installed(program: string): boolean {
  const folders = (process.env.PATH ?? "").split(":");
  return [...folders, "/usr/sbin", "/sbin"].some((folder) => existsSync(`${folder}/${program}`));
}
