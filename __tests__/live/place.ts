import { type Finished, run } from "../../scripts/run";
import { LOCAL_REGISTRY } from "../../scripts/setup/images/registry";
import type { EnvironmentData } from "../../stacks/environment";

/** Where a deployment goes: an engine, and how tests reach what it publishes. */
export interface Place {
  /** At which published ports answer. */
  readonly address: string;
  /** What an environment's file says of it. */
  readonly data: Pick<EnvironmentData, "host" | "registry">;
  /** Added to the environment of commands that deploy to it. */
  readonly env: Readonly<Record<string, string>>;
  /** Looks at its engine past everything that is tested. */
  docker(...words: string[]): Promise<Finished>;
}

/** The machine that runs the tests. */
export const HERE: Place = {
  address: "127.0.0.1",
  data: { registry: LOCAL_REGISTRY },
  env: {},
  docker: (...words) => run("docker", words),
};
