import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../run";
import { installed, installPackages } from "./debian";
import type { Report } from "./setup-error";

/** Unpacks an archive, or only some of its files, into a folder. */
export async function unzip(
  archive: Buffer,
  folder: string,
  { piece, only = [] }: { piece: string; only?: readonly string[] },
  report: Report,
): Promise<void> {
  if (!installed("unzip")) await installPackages(piece, ["unzip"], report);
  const temporary = await mkdtemp(join(tmpdir(), "portolan-zip-"));
  try {
    const file = join(temporary, "archive.zip");
    await writeFile(file, archive);
    await run("unzip", ["-o", "-q", file, ...only, "-d", folder]);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}
