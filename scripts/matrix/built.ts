import { existsSync } from "node:fs";
import { mkdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { CACHE } from "../setup/cache";
import { buildGoProgram, type GoProgram } from "../setup/go";

/** Where a program is that was built, under its version, so that it is built once. */
export async function built(name: string, program: GoProgram): Promise<string> {
  const path = join(CACHE, `${name}-${program.version}`);
  if (existsSync(path)) return path;
  await mkdir(CACHE, { recursive: true });
  await buildGoProgram(program, `${path}.unfinished`, console.log);
  await rename(`${path}.unfinished`, path);
  return path;
}
