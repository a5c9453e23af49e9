import { existsSync, readFileSync, writeFileSync } from "node:fs";

/** What the setup reads of an environment file; the stacks check all of it. */
export interface EnvironmentFile {
  readonly domain: string;
  readonly registry?: string;
  readonly imagesLock?: string;
  readonly ports: { readonly http: number; readonly https: number };
}

/** The file beside an environment's that holds for this machine alone; git ignores it. */
export function overridePath(environmentFile: string): string {
  return environmentFile.replace(/\.json$/, ".override.json");
}

/** An environment as it is on this machine. */
export function readEnvironment(environmentFile: string): EnvironmentFile {
  const ports = { http: 80, https: 443 };
  return { ports, ...readJson(environmentFile), ...readJson(overridePath(environmentFile)) } as EnvironmentFile;
}

/** Says on this machine where images come from, and which file locks them; what else its override says stays. */
export function writeImages(environmentFile: string, images: { registry: string; imagesLock?: string }): void {
  const path = overridePath(environmentFile);
  writeFileSync(path, `${JSON.stringify({ ...readJson(path), ...images }, null, 2)}\n`);
}

function readJson(path: string): object {
  if (!existsSync(path)) return {};
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new Error(`${path} is not JSON: ${(error as Error).message}`);
  }
}
