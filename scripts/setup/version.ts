/** Major, minor and patch. */
export type Version = readonly [major: number, minor: number, patch: number];

/** The first version in a text, like the one of `go version go1.26.8 linux/amd64`. */
export function parseVersion(text: string): Version | undefined {
  const match = /(\d+)\.(\d+)(?:\.(\d+))?/.exec(text);
  return match ? [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)] : undefined;
}

export function atLeast(version: Version, oldest: Version): boolean {
  for (const [i, part] of oldest.entries()) {
    const own = version[i] ?? 0;
    if (own !== part) return own > part;
  }
  return true;
}
