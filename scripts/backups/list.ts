import { withStack } from "../synthesised-stack";
import { BackupContainer, VerbFailed } from "./backup-container";
import { type BackupDescription, backupsOf, sourcesBeside } from "./description";
import { Engine } from "./engine";
import { type Failure, type Run, verifiedText } from "./manifest";
import { npmRun } from "./program";
import { lacking, nameOf, type Runs, roundsOf } from "./rounds";
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
    const asked = backupsOf(stack, name);
    const all: Record<string, Run[]> = {};
    const failed: Record<string, Failure[]> = {};
    let failure: unknown;
    for (const [id, backup] of name === undefined ? asked : sourcesBeside(stack, name)) {
      try {
        const container = await BackupContainer.find(engine, backup, environment);
        all[id] = JSON.parse(await container.verb("list", ...(offsite ? ["--offsite"] : [])));
        // Of the others, only the rounds are shown.
        const isAsked = name === undefined || id === name;
        if (isAsked && !json) failed[id] = JSON.parse(await container.verb("failures"));
      } catch (error) {
        // The others' backups may be what is needed now.
        if (name !== undefined && id !== name) continue;
        explain(error, id, backup, environment, offsite);
        failure ??= error;
      }
    }
    const found = asked.filter(([id]) => all[id]);
    if (json) console.log(JSON.stringify(Object.fromEntries(found.map(([id]) => [id, all[id]])), null, 2));
    else {
      for (const [id, backup] of found) {
        const beside = sourcesBeside(stack, id).flatMap(([other]) => (all[other] ? [[other, all[other]]] : []));
        print(id, backup, Object.fromEntries(beside), environment);
        const told = failures(failed[id] ?? [], backup);
        if (told) console.log(told);
      }
    }
    if (failure) throw failure;
  });
}

/** @param beside the backups of all that belongs to the same rounds */
function print(id: string, backup: BackupDescription, beside: Runs, environment: string): void {
  const runs = beside[id] ?? [];
  console.log(
    `${id}: ${backup.name}, "${backup.schedule}" (${backup.timeZone}), keeps ${backup.keep}${prunedElsewhere(backup)}`,
  );
  if (runs.length === 0) {
    console.log(`no backup yet; to make one, type: ${npmRun("backup", "now", environment, id)}\n`);
    return;
  }
  const column = roundsColumn(id, beside, backup);
  const rows = runs.map((run) => [
    moment(run.time, backup.timeZone),
    size(run.bytes),
    age(Date.now() / 1000 - run.time),
    run.safety ? "before a restore" : verifiedText(run, backup),
    ...(column ? [column(run)] : []),
    `${run.run}${remark(run)}`,
  ]);
  const head = [`Time (${backup.timeZone})`, "Size", "Age", "Verified", ...(column ? ["Round"] : []), "Snapshot"];
  console.log(`${table(head, rows)}\n`);
}

/** What each of its backups belongs to, where there is more than one source; and who has none of that. */
export function roundsColumn(
  id: string,
  beside: Runs,
  { timeZone }: BackupDescription,
): ((run: Run) => string) | undefined {
  if (Object.keys(beside).length === 1) return undefined;
  const rounds = roundsOf(beside);
  return (run) => {
    const round = rounds.find(({ runs }) => runs[id] === run);
    if (!round) return "";
    if (!run.round) return "alone";
    const name = run.release ? "before a release" : nameOf(round, timeZone);
    const without = lacking(round, beside);
    return without.length === 0 ? name : `${name}, without ${without.join(", ")}`;
  };
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
