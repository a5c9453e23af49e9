import { withStack } from "../synthesised-stack";
import { BackupContainer, VerbFailed } from "./backup-container";
import { type BackupDescription, backupsOf } from "./description";
import { Engine } from "./engine";
import { type Failure, type Run, verifiedText } from "./manifest";
import { npmRun } from "./program";
import { table } from "./table";
import { age, moment, size } from "./words";

interface Options {
  readonly offsite?: boolean;
  readonly json?: boolean;
}

/** Prints the backups of an environment, oldest first, or as JSON: the runs by the backup's name. */
export async function list(environment: string, name: string | undefined, { offsite, json }: Options): Promise<void> {
  await withStack(environment, async (stack) => {
    const engine = Engine.of(stack);
    const all: Record<string, Run[]> = {};
    let failure: unknown;
    for (const [id, backup] of backupsOf(stack, name)) {
      try {
        const container = await BackupContainer.find(engine, backup, environment);
        const runs: Run[] = JSON.parse(await container.verb("list", ...(offsite ? ["--offsite"] : [])));
        all[id] = runs;
        if (json) continue;
        print(id, backup, runs, environment);
        const failed = failures(JSON.parse(await container.verb("failures")), backup);
        if (failed) console.log(failed);
      } catch (error) {
        // The others' backups may be what is needed now.
        explain(error, id, backup, environment, offsite);
        failure ??= error;
      }
    }
    if (json) console.log(JSON.stringify(all, null, 2));
    if (failure) throw failure;
  });
}

function print(id: string, backup: BackupDescription, runs: readonly Run[], environment: string): void {
  console.log(
    `${id}: ${backup.name}, "${backup.schedule}" (${backup.timeZone}), keeps ${backup.keep}${prunedElsewhere(backup)}`,
  );
  if (runs.length === 0) {
    console.log(`no backup yet; to make one, type: ${npmRun("backup", "now", environment, id)}\n`);
    return;
  }
  const rows = runs.map((run) => [
    moment(run.time, backup.timeZone),
    size(run.bytes),
    age(Date.now() / 1000 - run.time),
    run.safety ? "before a restore" : verifiedText(run, backup),
    `${run.run}${remark(run)}`,
  ]);
  console.log(`${table([`Time (${backup.timeZone})`, "Size", "Age", "Verified", "Snapshot"], rows)}\n`);
}

function prunedElsewhere({ appendOnly = [], offsite }: BackupDescription): string {
  if (appendOnly.length === 0) return "";
  const place = appendOnly.includes("offsite") ? offsite : "its repository";
  return `; ${place} is append-only, and pruned from elsewhere`;
}

function remark({ safety, future }: Run): string {
  if (future) return " (made while the clock was ahead; its time is wrong)";
  return safety ? " (of what a restore replaced)" : "";
}

/** What went wrong lately, also what was made good since: a backup that is there says nothing of the night it took. */
export function failures(all: readonly Failure[], { timeZone }: BackupDescription): string {
  if (all.length === 0) return "";
  const rows = all.map(({ time, verb, exitCode, why }) => [moment(time, timeZone), verb, String(exitCode), why]);
  return `In the last seven days:\n${table([`Time (${timeZone})`, "What", "Exit code", "Why"], rows)}\n`;
}

function explain(error: unknown, id: string, backup: BackupDescription, environment: string, offsite = false): void {
  if (!(error instanceof VerbFailed) || !error.said.includes("there is no repository at")) return;
  console.error(`no backup was made here yet; to make one, type: ${npmRun("backup", "now", environment, id)}`);
  if (backup.offsite && !offsite) {
    console.error(`to see what is offsite, type: ${npmRun("backup", "list", environment, id, "--offsite")}`);
  }
}
