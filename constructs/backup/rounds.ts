import type { Backup } from "./backup";

/** Once a day: cron's minute and hour. */
const DAILY = /^(\d+) (\d+) \* \* \*$/;

const DAY = 24 * 60;

/**
 * When the rounds begin that a policy's backups belong to, as a schedule: of all that is backed up once a day in a time zone,
 * the first time after the longest pause. What has another schedule belongs only to what has the very same one.
 */
export function roundsOf({ schedule, timeZone }: Backup, all: readonly Backup[]): string {
  if (!DAILY.test(schedule)) return schedule;
  const minutes = all
    .filter((other) => other.timeZone === timeZone)
    .flatMap((other) => [...other.schedule.matchAll(new RegExp(DAILY, "g"))])
    .map(([, minute, hour]) => Number(hour) * 60 + Number(minute));
  const times = [...new Set(minutes)].sort((a, b) => a - b);
  // Before one alone it is a day, which the remainder would make nothing.
  const pauses = times.map((time, index) => (time - (times.at(index - 1) as number) + DAY - 1) % DAY);
  const first = times[pauses.indexOf(Math.max(...pauses))] as number;
  return `${first % 60} ${Math.floor(first / 60)} * * *`;
}
