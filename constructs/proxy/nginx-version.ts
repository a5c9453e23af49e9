import type { Construct } from "constructs";
import { InvalidInput } from "../invalid-input";

/** What Nginx must be able to do, and since when it can. */
const SINCE = {
  "reloads without a lost request": "1.27.4",
  "sticky routes": "1.29.6",
} as const;

/**
 * A version as in a tag of the official image, on Debian: the Alpine images have no openssl.
 *
 * @throws InvalidInput when it is none, or too old
 */
export function checkVersion(scope: Construct, version: string, ability: keyof typeof SINCE): void {
  const least = SINCE[ability];
  if (/^\d+\.\d+(\.\d+)?$/.test(version) && rank(version) >= rank(least)) return;
  throw new InvalidInput(
    scope,
    `version "${version}" must be a number of at least ${least} for ${ability}, like "1.30"`,
  );
}

/** Without a third number it is the newest of its kind. */
function rank(version: string): number {
  const [major = 0, minor = 0, patch = 999] = version.split(".").map(Number);
  return major * 1e6 + minor * 1e3 + patch;
}
