import type { BackupContainer } from "../backup-container";
import { type Choice, optionsOf } from "../choice";
import { type Manifest, type Run, totals, verifiedText, whichBackup } from "../manifest";
import { age } from "../words";

/** Of a backup this much smaller than the one before, an operator should think twice. */
const SUSPICIOUS = 0.5;

/** What a restore in place will do, for who has to confirm it. */
export async function explanation(
  container: BackupContainer,
  manifest: Manifest,
  database: string | undefined,
  { offsite }: Choice,
  running: readonly string[],
): Promise<string> {
  const { backup } = container;
  const lines = [
    `  from      ${whichBackup(manifest, backup)}${offsite ? ", offsite" : ""}`,
    `  brings    ${totals(manifest, backup, database)}; restore proved: ${verifiedText(manifest, backup)}`,
    "  replaces  all that is there now, which is lost to the applications, but kept under another name",
    `  stops     ${running.join(", ") || "nothing: no application that writes it runs"}`,
  ];
  const runs: Run[] = JSON.parse(await container.verb("list", ...optionsOf({ offsite })));
  const before = runs.filter(({ time, safety, future }) => time < manifest.time && !safety && !future).at(-1);
  if (before && manifest.bytes < before.bytes * SUSPICIOUS) {
    const distance = age(manifest.time - before.time);
    lines.push(
      `  WARNING   this backup is less than half as large as the one ${distance} before it. Is it the right one?`,
    );
  }
  return lines.join("\n");
}
