import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import "../main";
import { Environment } from "../stacks/environment";
import { synthesise } from "../stacks/synthesise";
import { Synthesised, testApp } from "./synthesised";

jest.mock("../stacks/synthesise", () => ({ synthesise: jest.fn() }));

type System = new (scope: Construct, environment: Environment) => TerraformStack;

/** The systems that main.ts lists. */
export const SYSTEMS = jest.mocked(synthesise).mock.calls[0]?.[0] as Readonly<Record<string, System>>;

const ENVIRONMENTS = join(__dirname, "..", "environments");

/** The environments of a system as they are committed: a machine's overrides play no part. */
export function environmentsOf(system: string): Environment[] {
  const folder = join(ENVIRONMENTS, system);
  return readdirSync(folder)
    .filter((file) => file.endsWith(".json") && !file.endsWith(".override.json"))
    .map((file) => {
      const data = JSON.parse(readFileSync(join(folder, file), "utf8"));
      // Which images are the newest today plays no part either.
      return Environment.parse(basename(file, ".json"), { ...data, imagesLock: "nowhere.json" });
    });
}

/** Every system in each of its environments. */
export const COPIES = Object.keys(SYSTEMS).flatMap((system) =>
  environmentsOf(system).map(({ name }) => ({ system, environment: name })),
);

const synthesised = new Map<string, Synthesised>();

/** One system in one of its committed environments. Nothing can change it, so it is synthesised once for all tests. */
export function synthesisedSystem(system: string, environmentName: string): Synthesised {
  const key = `${system}/${environmentName}`;
  const environment = environmentsOf(system).find(({ name }) => name === environmentName);
  const Class = SYSTEMS[system];
  if (!Class || !environment) throw new Error(`no ${environmentName} of ${system}`);
  const stack = synthesised.get(key) ?? new Synthesised(new Class(testApp(), environment));
  synthesised.set(key, stack);
  return stack;
}
