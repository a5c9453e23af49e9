import type { BackupContainer } from "../backups/backup-container";

const WAIT = ["--wait", "3600"];

/**
 * Restores a backup into a server that has nothing yet, compares each table, and goes on with what was begun: in place,
 * over the empty database that the deploy has made, which is then dropped.
 */
export async function restoreRun(container: BackupContainer, run: string): Promise<void> {
  const [database] = container.backup.databases;
  const which = ["--database", database as string];
  // Another's, or one that was killed together with its operator.
  await container.awaitRestore();
  for (;;) {
    await reserve(container);
    const status = JSON.parse(await container.verb("restore", "--status", ...which));
    if (status.step !== null && status.run !== run) {
      throw new Error(`another restore of ${database} is under way, of the backup ${status.run}`);
    }
    if (status.step === null) await container.restore("--prepare", "--snapshot", run, ...WAIT, ...which);
    else if (status.step === "prepared") await container.restore("--swap", ...WAIT, ...which);
    else if (status.step === "swapped") break;
    else await container.restore("--resume", ...WAIT, ...which);
  }
  await container.restore("--drop-old", ...WAIT, ...which);
  await forgetRestore(container);
}

/** What a restore that was given up has noted, and that anything was reserved for it. */
export async function forgetRestore(container: BackupContainer): Promise<void> {
  const [database] = container.backup.databases;
  await container.script('rm -f /state/reserved "/state/restore/$1".*', [database as string]);
}

/** Keeps scheduled jobs of a backup away from data that are half there; see backup/lib/lock.sh. */
export async function reserve(container: BackupContainer): Promise<void> {
  await container.script(": >/state/reserved", []);
}
