import { join } from "node:path";
import { succeeds } from "../../run";
import type { Report } from "../setup-error";
import { ensureBase } from "./base";
import { ensureBuilt } from "./build";
import { NEEDED, type StandIn } from "./catalogue";
import { ensureNpmPackages } from "./npm-packages";
import { ensurePushed, ensureRegistry, LOCAL_REGISTRY, localName } from "./registry";

/**
 * Sees to the images the stacks are made of, and returns the registry prefix to pull them with; nothing for Docker Hub.
 * A registry that was chosen before stays, so that a second run changes nothing.
 */
export async function ensureImages(report: Report, chosen?: string): Promise<string | undefined> {
  if (chosen && chosen !== LOCAL_REGISTRY) return chosen;
  if (!chosen && ((await haveOfficial()) || (await dockerHubAnswers()))) return undefined;
  await ensureStandIns(report, NEEDED);
  return LOCAL_REGISTRY;
}

/** Builds stand-ins for official images and serves them from a registry on this machine. */
export async function ensureStandIns(report: Report, standIns: readonly StandIn[]): Promise<void> {
  const bases = new Map<string, string>();
  for (const { suite } of standIns) {
    if (!bases.has(suite)) bases.set(suite, await ensureBase(suite, report));
  }
  await ensureRegistry(report);
  await Promise.all(
    standIns.map(async ({ reference, folder, suite, buildArgs, npmPackagesOf }) => {
      const packages = npmPackagesOf && { PACKAGES: await ensureNpmPackages(npmPackagesOf, report) };
      const build = {
        image: localName(reference),
        folder: join(__dirname, folder),
        buildArgs: { SUITE: suite, ...buildArgs, ...packages },
        base: bases.get(suite) ?? "",
      };
      await ensureBuilt(build, report);
      await ensurePushed(reference);
    }),
  );
}

function haveOfficial(): Promise<boolean> {
  return succeeds("docker", ["image", "inspect", ...NEEDED.map(({ reference }) => reference)]);
}

/** Asked with the command line, which knows of proxies what the engine knows. */
function dockerHubAnswers(): Promise<boolean> {
  const { reference } = NEEDED[0];
  return succeeds("timeout", ["10", "docker", "manifest", "inspect", reference]);
}
