import { Cron } from "croner";
import { Repository } from "./repository";
import { Retention } from "./retention";

export interface BackupProps {
  /**
   * Time zone of the times of day, and of the days that retention counts.
   *
   * @default "UTC"
   */
  readonly timeZone?: string;

  /** @default Retention.days(30) */
  readonly keep?: Retention;

  /** @default Repository.local() */
  readonly repository?: Repository;

  /**
   * A second repository elsewhere, which every backup is copied to. Without one, a lost host takes its backups along.
   *
   * @default - none; refused in the environment "production", unless `onlyHere` says why
   */
  readonly offsite?: Repository;

  /**
   * Why production's backups may be on its own host only, and be lost with it. Plans show it, as an output.
   *
   * @default - they may not
   */
  readonly onlyHere?: string;

  /**
   * When the newest backup is restored into a scratch server and compared with what was dumped, in cron's five fields: from
   * here and from the offsite repository by turns.
   *
   * @default "0 5 * * 0", Sundays at five
   */
  readonly verify?: string;

  /**
   * When a repository is checked, this one and the offsite one by turns. Each check reads the next part of the data; daily,
   * everything is read within 30 days.
   *
   * @default "0 4 * * *", daily at four
   */
  readonly check?: string;

  /**
   * Whether a backup is made before each release of the applications that use the data. These are kept for 30 days beside
   * what the policy keeps: on a day of many releases, the one from before the first is the one that is missed.
   *
   * @default - true in the environment "production"
   */
  readonly beforeRelease?: boolean;

  /**
   * MiB for each container that backs this data up, and for the one where a server's backup is tried out. Rows of a hundred
   * megabytes, and repositories of millions of pieces, need more.
   *
   * @default 400
   */
  readonly memory?: number;
}

/** restic and the dump's program, or a scratch server: what they take with hardly any data. */
const LEAST_MEMORY = 256;

export interface NightlyBackupProps extends BackupProps {
  /**
   * Time of day, `hh:mm`.
   *
   * @default "03:00"
   */
  readonly at?: string;
}

/** When data is backed up, where to, how long for, and how that is proved. */
export class Backup {
  /** Once a day. @throws Error when a time or the time zone can't be */
  static nightly(props: NightlyBackupProps = {}): Backup {
    const at = props.at ?? "03:00";
    const [, hour, minute] = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(at) ?? [];
    if (!hour || !minute) throw new Error(`backup at "${at}": write a time of day like "03:00"`);
    return new Backup(`${Number(minute)} ${Number(hour)} * * *`, props);
  }

  /** At the times of a cron expression of five fields, like `"0 2 * * *"`. @throws Error when it is none */
  static every(schedule: string, props: BackupProps = {}): Backup {
    return new Backup(schedule, props);
  }

  /**
   * No backup at all: what is lost stays lost. Plans show it with the reason, as an output.
   *
   * @param reason why the data may be lost, for whoever reads the plan
   */
  static off(reason: string): Backup {
    if (!reason.trim())
      throw new Error('Backup.off needs the reason why the data may be lost, like "made from a seed"');
    return new Backup("", {}, reason);
  }

  readonly timeZone: string;
  readonly keep: Retention;
  readonly repository: Repository;
  readonly offsite?: Repository;
  readonly onlyHere?: string;
  readonly verify: string;
  readonly check: string;
  readonly beforeRelease?: boolean;
  readonly memory: number;

  private constructor(
    readonly schedule: string,
    props: BackupProps,
    /** Why there is no backup; nothing when there is one. */
    readonly offReason?: string,
  ) {
    this.timeZone = checkedTimeZone(props.timeZone ?? "UTC");
    this.keep = props.keep ?? Retention.days(30);
    this.repository = props.repository ?? Repository.local();
    this.offsite = props.offsite;
    this.onlyHere = props.onlyHere;
    this.verify = checkedSchedule("verify", props.verify ?? "0 5 * * 0");
    this.check = checkedSchedule("check", props.check ?? "0 4 * * *");
    this.beforeRelease = props.beforeRelease;
    this.memory = props.memory ?? 400;
    if (!(this.memory >= LEAST_MEMORY)) {
      throw new Error(`backup with ${this.memory} MiB of memory: write a number from ${LEAST_MEMORY}`);
    }
    if (offReason === undefined) checkedSchedule("schedule", schedule);
    if (this.offsite?.isLocal) throw new Error("the offsite repository of a backup can't be on the same host");
    if (this.onlyHere !== undefined) this.checkOnlyHere(this.onlyHere);
  }

  /** Whether a lost host takes all backups along. */
  get isOnlyHere(): boolean {
    return this.repository.isLocal && this.offsite === undefined;
  }

  private checkOnlyHere(reason: string): void {
    if (!reason.trim())
      throw new Error('onlyHere needs the reason why backups may be lost with the host, like "a demo"');
    if (!this.isOnlyHere) throw new Error("onlyHere is for backups without a repository elsewhere, and these have one");
  }
}

/** What the container understands: croner would also take what only some kinds of cron know, like `L`. */
const FIELD = /^(?:[\d*,/-]|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|sun|mon|tue|wed|thu|fri|sat)+$/i;

function checkedSchedule(what: string, schedule: string): string {
  try {
    // Five fields: croner itself would also take seconds in front.
    const fields = schedule.trim().split(/\s+/);
    if (
      fields.length === 5 &&
      fields.every((field) => FIELD.test(field)) &&
      new Cron(schedule, { paused: true }).nextRun()
    )
      return schedule;
  } catch {
    // Said below.
  }
  throw new Error(`backup ${what} "${schedule}" is not a time there can be; write five fields, like "0 3 * * *"`);
}

function checkedTimeZone(timeZone: string): string {
  try {
    new Intl.DateTimeFormat("en", { timeZone });
    return timeZone;
  } catch {
    throw new Error(`time zone "${timeZone}" is not known; use a name like "Europe/Paris"`);
  }
}
