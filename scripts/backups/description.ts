import type { SynthesisedStack } from "../synthesised-stack";

/** One backup of an environment, as its construct describes it in the synthesised stack. */
export interface BackupDescription {
  /** Of the backup container. */
  readonly container: string;
  readonly engine: "postgres" | "mysql" | "mariadb" | "sqlite" | "files";
  /** Under it the backups are found; never changes. */
  readonly name: string;
  /** For SQLite and files, their paths in the backup container. */
  readonly databases: readonly string[];
  /** Container of the database server, and the volume with its administrator's password; not for SQLite and files. */
  readonly server?: string;
  readonly adminSecrets?: string;
  readonly dataVolume: string;
  /** Paths of the constructs that write the data, and of their release jobs. */
  readonly writers: readonly string[];
  readonly releaseJobs: readonly string[];
  readonly schedule: string;
  /** When the rounds begin that its backups belong to, as a schedule. */
  readonly rounds: string;
  readonly timeZone: string;
  readonly keep: string;
  /** Name of the secret that opens its repositories. */
  readonly password: string;
  readonly repository: string;
  readonly offsite?: string;
  /** Which of the two places lets the host remove nothing. */
  readonly appendOnly?: readonly ("local" | "offsite")[];
}

/** The backups of an environment with their names, or the one that is meant. */
export function backupsOf(stack: SynthesisedStack, name?: string): [string, BackupDescription][] {
  return name === undefined ? Object.entries(described(stack)) : [[name, backupOf(stack, name)]];
}

/** The backups whose rounds are the same as those of one, with it. */
export function sourcesBeside(stack: SynthesisedStack, name: string): [string, BackupDescription][] {
  const backup = backupOf(stack, name);
  return backupsOf(stack).filter(([, other]) => isBeside(backup, other));
}

/** Whether backups of two belong together, those of one night. */
export function isBeside(one: BackupDescription, other: BackupDescription): boolean {
  return one.rounds === other.rounds && one.timeZone === other.timeZone;
}

/** @throws Error with the ones there are */
export function backupOf(stack: SynthesisedStack, name: string): BackupDescription {
  const backups = described(stack);
  const backup = backups[name];
  if (backup) return backup;
  throw new Error(`${stack.environment} has no backup "${name}"; known: ${Object.keys(backups).join(", ")}`);
}

function described({ json, environment }: SynthesisedStack): Readonly<Record<string, BackupDescription>> {
  const { backups } = json["//"];
  if (!backups) throw new Error(`${environment} has no backups: in the code, nothing there is backed up`);
  return backups;
}
