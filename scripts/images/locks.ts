import { type ImagesLockData, readImagesLock } from "../../stacks/images-lock";
import { synthesiseAll } from "../synthesised-stack";
import { Registry } from "./registry";

/** A file of locked images, what the environments that share it need of it, and the registry that says what is newest. */
export interface Lock {
  readonly file: string;
  readonly locked: ImagesLockData;
  readonly references: readonly string[];
  readonly registry: Registry;
}

export interface Selection {
  /** Images by name, with or without a tag. @default - all */
  readonly names?: readonly string[];
  /** An environment whose lock alone is meant. @default - every environment's */
  readonly environment?: string;
}

/**
 * The locks of the system's environments.
 *
 * @throws Error with the images there are when none has the name
 */
export async function locksOf({ names = [], environment }: Selection): Promise<Lock[]> {
  const stacks = await synthesiseAll();
  const meant = stacks.find((stack) => stack.environment === environment)?.images.lock;
  if (environment && !meant) {
    const known = stacks.map((stack) => stack.environment).join(", ");
    throw new Error(`unknown environment "${environment}"; known: ${known}`);
  }
  const files = [...new Set(stacks.map(({ images }) => images.lock))].filter((file) => !meant || file === meant);
  const locks = files.map((file) => {
    const sharing = stacks.filter(({ images }) => images.lock === file).map(({ images }) => images);
    // Mirrors follow it, so where one environment goes without any, its answer is the newest.
    const registry = sharing.some((images) => !images.registry) ? undefined : sharing[0]?.registry;
    const references = [...new Set(sharing.flatMap((images) => images.references))].sort();
    return { file, locked: readImagesLock(file), references, registry: new Registry(registry) };
  });
  const known = [...new Set(locks.flatMap(({ references }) => references))].sort();
  const unknown = names.find((name) => !known.some((reference) => isNamed(reference, name)));
  if (unknown) throw new Error(`no environment needs an image "${unknown}"; there are: ${known.join(", ")}`);
  return locks.map((lock) => ({
    ...lock,
    references: lock.references.filter((it) => names.length === 0 || names.some((name) => isNamed(it, name))),
  }));
}

function isNamed(reference: string, name: string): boolean {
  return reference === name || reference.replace(/:[^:/]*$/, "") === name;
}
