import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";

/** Label of an image that says what it was built from. */
export const FINGERPRINT_LABEL = "portolan.fingerprint";

/** One short word for a folder's contents and everything else an image is built from. */
export function fingerprint(folder: string, ...others: readonly unknown[]): string {
  const hash = createHash("sha256").update(JSON.stringify(others));
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
  for (const file of files) hash.update(`\0${relative(folder, file)}\0`).update(readFileSync(file));
  return hash.digest("hex").slice(0, 16);
}
