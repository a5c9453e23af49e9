import type { BackupDescription } from "./description";
import { age, counted, moment, size } from "./words";

/** One backup, as `list` has it. */
export interface Run {
  readonly run: string;
  /** The moment of its data, in seconds. */
  readonly time: number;
  readonly engine: string;
  readonly bytes: number;
  /** When a restore of it was last proved. */
  readonly verified: number | null;
  /** Made of what a restore replaced: a restore takes it only by its name. */
  readonly safety: boolean;
  /** Made while the clock was ahead, so of an unknown moment: a restore takes it only by its name. */
  readonly future: boolean;
  readonly release: boolean;
  /** What backups of other sources that belong to it have in common: by schedule, when that round was due, in seconds. */
  readonly round?: string | null;
  /** Whether it is from after the time for which it was listed. */
  readonly after?: boolean;
}

/** What went wrong, as `failures` has it. */
export interface Failure {
  /** When it was written down, in seconds. */
  readonly time: number;
  /** The verb that failed, or `clock`. */
  readonly verb: string;
  readonly exitCode: number;
  readonly why: string;
}

/** One backup, as `show` has it. */
export interface Manifest extends Run {
  readonly databases: Readonly<
    Record<string, { readonly tables: Readonly<Record<string, { readonly rows: number }>> }>
  >;
}

/** What a table is counted in. */
export function nounOf({ engine }: BackupDescription): string {
  return engine === "files" ? "file" : "row";
}

/** Database, table and rows of each table of a backup. */
export function tablesOf({ databases }: Manifest, database?: string): [string, string, number][] {
  return Object.entries(databases)
    .filter(([name]) => database === undefined || name === database)
    .flatMap(([name, { tables }]) =>
      Object.entries(tables).map(([table, { rows }]): [string, string, number] => [name, table, rows]),
    );
}

/** Everything of a backup in numbers: `1,234 rows in 7 tables, 3.1 MB`. */
export function totals(manifest: Manifest, backup: BackupDescription, database?: string): string {
  const tables = tablesOf(manifest, database);
  const rows = tables.reduce((sum, [, , count]) => sum + count, 0);
  const where = backup.engine === "files" ? "folder" : "table";
  return `${counted(rows, nounOf(backup))} in ${counted(tables.length, where)}, ${size(manifest.bytes)}`;
}

/** Which backup it is: `2026-11-20 03:00:02 (Europe/Paris), 8 hours ago, 20261120T020001Z-1a2b`. */
export function whichBackup({ run, time }: Run, { timeZone }: BackupDescription): string {
  return `${moment(time, timeZone)} (${timeZone}), ${age(Date.now() / 1000 - time)} ago, ${run}`;
}

export function verifiedText({ verified }: Run, { timeZone }: BackupDescription): string {
  return verified === null ? "no" : moment(verified, timeZone);
}
