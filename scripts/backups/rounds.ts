import type { Choice } from "./choice";
import type { Run } from "./manifest";
import { moment } from "./words";

/** Backups that belong together, each of another source: by schedule those of one night. */
export interface Round {
  /** By the source's name. One that was made alone has only itself. */
  readonly runs: Readonly<Record<string, Run>>;
  /** When the last of its data was read, in seconds. */
  readonly time: number;
}

export type Runs = Readonly<Record<string, readonly Run[]>>;

/** A source's backup of the newest round, or why there is none. */
export interface Chosen {
  readonly run?: Run;
  /** A newer round was passed over: some of its data are from after the time that was asked for. */
  readonly note?: string;
  /** Another source lacks that round. */
  readonly refused?: string;
}

/** Rounds of some sources, newest first. */
export function roundsOf(all: Runs): Round[] {
  const rounds = new Map<string, Record<string, Run>>();
  for (const [source, runs] of Object.entries(all)) {
    const seen: string[] = [];
    for (const run of runs.filter(isRegular)) {
      // A release may be deployed again: the first backups for it belong together, then the second ones.
      const key = run.round ? `${run.round} ${seen.filter((other) => other === run.round).length}` : run.run;
      if (run.round) seen.push(run.round);
      rounds.set(key, { ...rounds.get(key), [source]: run });
    }
  }
  return [...rounds.values()]
    .map((runs) => ({ runs, time: Math.max(...Object.values(runs).map(({ time }) => time)) }))
    .sort((a, b) => b.time - a.time);
}

/** The sources that a round lacks. */
export function lacking({ runs }: Round, all: Runs): string[] {
  return Object.keys(all).filter((source) => !runs[source]);
}

/** What a round is called: the time when it was due, or else that of its data. */
export function nameOf({ runs, time }: Round, timeZone: string): string {
  const due = Object.values(runs).find(({ round, release }) => round && !release)?.round;
  return moment(due ? Number(due) : time, timeZone);
}

/**
 * The backup of `source` in the newest round.
 *
 * @param all as listed for the time that was asked for
 * @param type the command to type with another choice
 */
export function chosenOf(
  source: string,
  all: Runs,
  { choice, timeZone, type }: { choice: Choice; timeZone: string; type: (choice: Choice) => string },
): Chosen {
  const rounds = roundsOf(all).filter((round) => concerns(round, source));
  const [newest, ...older] = rounds.filter((round) => !isAfter(round));
  const upTo = ({ time }: Round) => type({ ...choice, at: moment(time, timeZone) });
  if (newest && (lacking(newest, all).length === 0 || isOfOlderRelease(newest, rounds))) {
    const later = rounds.find((round) => isAfter(round) && round.runs[source]?.after === false);
    const note = later && `the round of ${nameOf(later, timeZone)} ended only later; to take it, type: ${upTo(later)}`;
    return { run: newest.runs[source], note };
  }
  // The container says what there is.
  if (!newest && !all[source]?.some((run) => isRegular(run) && !run.after)) return {};
  const complete = older.find((round) => lacking(round, all).length === 0);
  const missing = newest
    ? `${lacking(newest, all).join(" and ")} has no backup of the round of ${nameOf(newest, timeZone)}, which ${Object.keys(newest.runs).join(" and ")} has`
    : "no round had ended by then";
  const instead = complete ? `the newest that all have: ${upTo(complete)}` : "there is no older one that all have";
  return { refused: `${missing}; ${instead}` };
}

/** A backup of what a restore replaced, or one that a wrong clock made, is taken only by its name. */
function isRegular({ safety, future }: Run): boolean {
  return !safety && !future;
}

/** What another source backed up alone, or before a release of its own, is nothing that this one lacks. */
function concerns({ runs }: Round, source: string): boolean {
  return source in runs || Object.values(runs).some(({ round, release }) => round && !release);
}

function isAfter({ runs }: Round): boolean {
  return Object.values(runs).some(({ after }) => after);
}

/** Older releases knew no rounds: what they backed up goes by its own time. */
function isOfOlderRelease(candidate: Round, rounds: readonly Round[]): boolean {
  return !isShared(candidate) && !rounds.some((other) => isShared(other) && other.time < candidate.time);
}

function isShared({ runs }: Round): boolean {
  return Object.values(runs).some(({ round }) => round);
}
