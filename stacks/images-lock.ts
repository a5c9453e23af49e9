import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { z } from "zod";
import { InvalidEnvironment, parsed } from "./parsed";

const DIGEST = /^sha256:[0-9a-f]{64}$/;
const digest = z.string(`must be a digest, like "sha256:…"`).regex(DIGEST, `must be a digest, like "sha256:…"`);

const lockedImage = z.strictObject(
  {
    /** What hosts pull: of an image for several platforms, its list of them. */
    digest,
    /** What that means on each platform. */
    platforms: z.record(z.string(), digest, 'must be an object, like {"linux/amd64": "sha256:…"}'),
    /** Of what is inside, where the image says it. */
    version: z.string("must be a text").optional(),
    /** The day it was built, where the image says it. */
    built: z.iso.date('must be a day, like "2026-11-25"').optional(),
  },
  'must be an object, like {"digest": "sha256:…"}',
);

const schema = z.record(
  z.string().regex(/^[a-z0-9][\w./:-]*:[\w][\w.-]*$/, "must be an image with its tag, like nginx:1.30"),
  lockedImage,
  'must be an object, like {"nginx:1.30": {"digest": "sha256:…"}}',
);

export type LockedImage = z.output<typeof lockedImage>;
export type ImagesLockData = z.output<typeof schema>;

/**
 * The locked images by name and tag. A file that is not there locks nothing yet.
 *
 * @throws InvalidEnvironment with every mistake and where it is
 */
export function readImagesLock(file: string): ImagesLockData {
  if (!existsSync(file)) return {};
  let data: unknown;
  try {
    data = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new InvalidEnvironment(`${file}: ${(error as Error).message}`);
  }
  return parsed(schema, data, file);
}

/** Digests by name and tag. */
export function digestsIn(file: string): Record<string, string> {
  return Object.fromEntries(Object.entries(readImagesLock(file)).map(([name, image]) => [name, image.digest]));
}

/** In the order of names, so that a change of one image is a change of its lines. */
export function writeImagesLock(file: string, lock: ImagesLockData): void {
  const sorted = Object.fromEntries(Object.entries(lock).sort(([a], [b]) => (a < b ? -1 : 1)));
  writeFileSync(file, `${JSON.stringify(sorted, null, 2)}\n`);
}
