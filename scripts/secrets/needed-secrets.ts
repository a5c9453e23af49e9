import { secretsFile } from "../../stacks/secrets-file";
import { withStack } from "../synthesised-stack";

export interface NeededSecret {
  readonly name: string;
  readonly minLength: number;
  /** Who gives it out; nobody when it is generated. */
  readonly from?: string;
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
