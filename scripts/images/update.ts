import { isDeepStrictEqual } from "node:util";
import { type LockedImage, writeImagesLock } from "../../stacks/images-lock";
import { type Lock, locksOf, type Selection } from "./locks";
import { described } from "./words";

/**
 * Locks what the tags mean now, and says what changed. What cannot be asked stays as it is.
 *
 * @throws Error when a registry did not answer for an image
 */
export async function update(selection: Selection): Promise<void> {
  let failed = 0;
  for (const lock of await locksOf(selection)) failed += await updateLock(lock);
  if (failed > 0) throw new Error(`${failed === 1 ? "one image" : `${failed} images`} could not be looked up`);
}

async function updateLock({ file, locked, references, registry }: Lock): Promise<number> {
  if (references.length === 0) return 0;
  console.log(`${file}, from ${registry}:`);
  const width = Math.max(...references.map((reference) => reference.length));
  const answers = await Promise.allSettled(references.map((reference) => registry.image(reference)));
  const next = { ...locked };
  for (const [index, reference] of references.entries()) {
    const answer = answers[index];
    if (answer?.status === "fulfilled") next[reference] = answer.value;
    const said = answer?.status === "rejected" ? answer.reason.message : changed(locked[reference], next[reference]);
    console.log(`  ${reference.padEnd(width)}  ${said}`);
  }
  if (!isDeepStrictEqual(next, locked)) writeImagesLock(file, next);
  return answers.filter(({ status }) => status === "rejected").length;
}

function changed(before?: LockedImage, now?: LockedImage): string {
  if (!now) return "";
  if (before?.digest === now.digest) return `unchanged: ${described(now)}`;
  return before ? `${described(before)} -> ${described(now)}` : `locked: ${described(now)}`;
}
