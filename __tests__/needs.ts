import { spawnSync } from "node:child_process";

/** `test`, skipped on a machine without a program. In CI, where it counts, a check that did not happen is a failure. */
export function testWith(program: string): typeof test {
  const missing = spawnSync(program, ["--version"]).error !== undefined;
  if (missing && !process.env.CI) console.warn(`Tests that need ${program} are skipped: it is not installed.`);
  return missing && !process.env.CI ? (test.skip as typeof test) : test;
}
