import type { LockedImage } from "../../stacks/images-lock";
import { npmRun } from "../backups/program";
import { type Lock, locksOf, type Selection } from "./locks";
import type { Registry } from "./registry";
import { described } from "./words";

const DAY = 24 * 60 * 60 * 1000;

export interface CheckOptions extends Selection {
  /** Most days since an image was built. */
  readonly days: number;
}

/**
 * Looks whether every image is locked, still what its tag means, and not too old.
 *
 * @throws Error with how many are not
 */
export async function check({ days, ...selection }: CheckOptions): Promise<void> {
  let [all, wrong] = [0, 0];
  for (const lock of await locksOf(selection)) {
    const mistakes = await mistakesOf(lock, days);
    all += lock.references.length;
    wrong += mistakes.length;
    for (const mistake of mistakes) console.error(`${lock.file}: ${mistake}`);
  }
  if (wrong > 0) throw new Error(`${wrong} of ${all} images ${wrong === 1 ? "needs" : "need"} a look`);
  console.log(`${all} images are locked, the newest of their tags, and at most ${days} days old`);
}

async function mistakesOf({ locked, references, registry }: Lock, days: number): Promise<string[]> {
  const found = await Promise.all(references.map((it) => mistakeOf(it, locked[it], registry, days)));
  return found.filter((mistake) => mistake !== undefined);
}

async function mistakeOf(reference: string, locked: LockedImage | undefined, registry: Registry, days: number) {
  const remedy = `type: ${npmRun("images", "update", reference)}`;
  if (!locked) return `${reference} is not locked; ${remedy}`;
  let newest: LockedImage;
  try {
    newest = await registry.image(reference);
  } catch (error) {
    return `${reference}: ${(error as Error).message}`;
  }
  if (newest.digest !== locked.digest)
    return `${reference} is now ${described(newest)}, not ${described(locked)}; ${remedy}`;
  const age = locked.built ? Math.floor((Date.now() - Date.parse(locked.built)) / DAY) : 0;
  if (age <= days) return undefined;
  return `${reference} was built ${age} days ago and its tag has nothing newer; use another version, or allow it with --days ${age}`;
}
