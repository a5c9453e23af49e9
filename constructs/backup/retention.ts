/** How many backups of each kind are kept; one backup may count for several kinds. */
export interface Generations {
  /** The newest of each of so many days. @default 0 */
  readonly daily?: number;
  /** @default 0 */
  readonly weekly?: number;
  /** @default 0 */
  readonly monthly?: number;
  /** @default 0 */
  readonly yearly?: number;
}

/**
 * Which backups are kept. Whatever it says, the three newest stay, and the one that was last proved by a restore.
 */
export class Retention {
  /** Every backup of the last `days` days. @throws Error unless it is a whole number of at least 1 */
  static days(days: number): Retention {
    if (!Number.isInteger(days) || days < 1) {
      throw new Error(`retention of ${days} days would keep nothing; give a whole number of at least 1`);
    }
    return new Retention(`within ${days}d`);
  }

  /**
   * Grandfather, father, son: one backup a day for some days, one a week for some weeks, and so on.
   *
   * @throws Error when a number is not a whole one, or when all are 0
   */
  static gfs(generations: Generations): Retention {
    const kept = Object.entries(generations).filter(([, count]) => count !== 0 && count !== undefined);
    for (const [name, count] of kept) {
      if (!Number.isInteger(count) || count < 0) {
        throw new Error(`retention: ${name} must be a whole number of at least 0, got ${count}`);
      }
    }
    if (kept.length === 0) throw new Error("retention would keep nothing; give at least one number above 0");
    return new Retention(kept.map(([name, count]) => `${name}=${count}`).join(" "));
  }

  /** `rule`: as the backup container reads it. */
  private constructor(readonly rule: string) {}
}
