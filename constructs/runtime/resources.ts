import type { IConstruct } from "constructs";
import { InvalidInput } from "../invalid-input";

/** What a container may use of its host. */
export interface Resources {
  /**
   * Most memory, in MiB; the kernel ends the container beyond it, and it gets no swap.
   *
   * @default 256
   */
  readonly memory?: number;

  /**
   * Most CPU time, in cores.
   *
   * @default 1
   */
  readonly cpus?: number;
}

/** Docker refuses less than 6 MiB of memory (docs.docker.com, "Resource constraints"). */
const LEAST_MEMORY = 6;

/** The limits with their defaults. @throws InvalidInput when a limit is out of range */
export function limits(scope: IConstruct, resources: Resources = {}): Required<Resources> {
  const { memory = 256, cpus = 1 } = resources;
  if (!Number.isInteger(memory) || memory < LEAST_MEMORY) {
    throw new InvalidInput(scope, `memory must be a whole number of MiB of at least ${LEAST_MEMORY}, got ${memory}`);
  }
  if (!(cpus > 0)) {
    throw new InvalidInput(scope, `cpus must be more than 0, got ${cpus}`);
  }
  return { memory, cpus };
}
