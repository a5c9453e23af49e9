import { secretsFile } from "../../stacks/secrets-file";
import { withStack } from "../synthesised-stack";

export interface NeededSecret {
  readonly name: string;
  readonly minLength: number;
  /** Who gives it out; nobody when it is generated. */
  readonly from?: string;
  /** Another secret, which stands in for it where it is not set. */
  readonly sharedName?: string;
  /** It stands in for others, and is needed only as long as one of them is not set. */
  readonly shared?: boolean;
  /** Variable with the number of its rotations, for one that must not be changed in another way. */
  readonly rotations?: string;
}

/** What an environment needs, and the path of the file that has it on this machine. */
export interface NeededSecrets {
  readonly path: string;
  readonly secrets: readonly NeededSecret[];
}

/** Asks the code itself: a list of secrets beside the code would go stale. */
export function neededSecrets(environment: string): Promise<NeededSecrets> {
  return withStack(environment, ({ system, json }) => ({
    path: secretsFile(system, environment),
    secrets: Object.entries(json["//"].secrets ?? {}).map(([name, secret]) => ({ name, ...secret })),
  }));
}

/** Whether a secret that stands in for others is there for one of them. */
export function standsIn(
  shared: NeededSecret,
  needed: readonly NeededSecret[],
  has: (name: string) => boolean,
): boolean {
  return needed.some(({ name, sharedName }) => sharedName === shared.name && !has(name));
}
