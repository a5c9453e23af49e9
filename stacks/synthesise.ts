import "../scripts/setup/node-version.cjs";
import { join } from "node:path";
import { App } from "cdktf";
import type { Construct } from "constructs";
import { z } from "zod";
import { Environment } from "./environment";
import { imageTag } from "./environment-schema";
import { parsed } from "./parsed";

type System = new (scope: Construct, environment: Environment) => Construct;

/**
 * Writes one Terraform stack per environment of a system. A mistake in the code or in an environment file ends the
 * process with its message alone: the way to it is in the message, not in a stack trace.
 *
 * Read from the process's environment:
 * - `PORTOLAN_SYSTEM`: which of the systems, when there are several (default: the first);
 * - `PORTOLAN_RELEASE`: the release to deploy, instead of the one in the environment's file;
 * - `PORTOLAN_ENVIRONMENTS`: folder of the environment files (default: `environments/<system>`);
 * - `PORTOLAN_DEBUG`: throw a mistake as it is, with its stack trace (default: no).
 */
export function synthesise(systems: Readonly<Record<string, System>>): void {
  const { prepareStackTrace } = Error;
  // cdktf keeps a stack trace with every value that isn't known yet, and writing them all down is half of its work.
  if (!process.env.PORTOLAN_DEBUG) Error.prepareStackTrace = String;
  try {
    const names = Object.keys(systems);
    const settings = parsed(
      z.object({
        PORTOLAN_SYSTEM: z.enum(names, `must be one of ${names.join(", ")}`).default(names[0] ?? ""),
        PORTOLAN_RELEASE: imageTag.optional(),
        PORTOLAN_ENVIRONMENTS: z.string().min(1, "must be a folder").optional(),
      }),
      process.env,
      "process environment",
    );
    const system = settings.PORTOLAN_SYSTEM;
    const folder = settings.PORTOLAN_ENVIRONMENTS ?? join("environments", system);
    const app = new App();
    for (const environment of Environment.all(folder, settings.PORTOLAN_RELEASE)) {
      new (systems[system] as System)(app, environment);
    }
    app.synth();
  } catch (error) {
    if (process.env.PORTOLAN_DEBUG) throw error;
    console.error(`error: ${(error as Error).message}`);
    process.exitCode = 1;
  } finally {
    Error.prepareStackTrace = prepareStackTrace;
  }
}
