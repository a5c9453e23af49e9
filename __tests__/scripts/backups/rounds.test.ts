import type { BackupDescription } from "../../../scripts/backups/description";
import { roundsColumn } from "../../../scripts/backups/list";
import type { Run } from "../../../scripts/backups/manifest";
import { chosenOf, type Runs } from "../../../scripts/backups/rounds";

const NIGHT = Date.UTC(2026, 10, 20, 3) / 1000;
const HOUR = 3600;
const DAY = 24 * HOUR;

/** Of the night so many days after the first, and so many seconds after it was due. */
function nightly(day: number, seconds: number, more: Partial<Run> = {}): Run {
  const due = NIGHT + day * DAY;
  return made(due + seconds, { round: String(due), ...more });
}

function made(time: number, more: Partial<Run> = {}): Run {
  const rest = { engine: "mysql", bytes: 1, verified: null, safety: false, release: false, future: false, round: null };
  return { run: `at-${time - NIGHT}`, time, ...rest, ...more };
}

/** What `--at` takes of one, so many seconds after the first night. */
function at(seconds: number, source: string, all: Runs) {
  const time = NIGHT + seconds;
  const listed = Object.entries(all).map(([id, runs]) => [id, runs.map((run) => ({ ...run, after: run.time > time }))]);
  const type = (choice: { at?: string }) => `--at ${choice.at}`;
  const { run, ...said } = chosenOf(source, Object.fromEntries(listed), { choice: {}, timeZone: "UTC", type });
  return { run: run?.run, ...said };
}

const BOTH = { db: [nightly(0, 10), nightly(1, 10)], uploads: [nightly(0, 1200), nightly(1, 1260)] };

test("the same time takes the same night of each, though one ends much later", () => {
  for (const seconds of [1200, DAY - 1, DAY + 10, DAY + 1259]) {
    expect([at(seconds, "db", BOTH).run, at(seconds, "uploads", BOTH).run]).toEqual(["at-10", "at-1200"]);
  }
  for (const seconds of [DAY + 1260, 9 * DAY]) {
    expect([at(seconds, "db", BOTH).run, at(seconds, "uploads", BOTH).run]).toEqual([
      `at-${DAY + 10}`,
      `at-${DAY + 1260}`,
    ]);
  }
});

test("between the two ends it says what was passed over, and how to have that", () => {
  expect(at(DAY + 300, "db", BOTH)).toEqual({
    run: "at-10",
    note: "the round of 2026-11-21 03:00:00 ended only later; to take it, type: --at 2026-11-21 03:21:00",
  });
  expect(at(DAY + 300, "uploads", BOTH).note).toBeUndefined();
  expect(at(300, "db", BOTH)).toEqual({ refused: "no round had ended by then; there is no older one that all have" });
  // It has none at all, as its container says.
  expect(at(300, "uploads", BOTH)).toEqual({});
});

test("a night that one source lacks is refused for each: which one, and what all have", () => {
  const failed = { ...BOTH, uploads: [nightly(0, 1200)] };
  const refused =
    "uploads has no backup of the round of 2026-11-21 03:00:00, which db has; the newest that all have: --at 2026-11-20 03:20:00";
  expect(at(2 * DAY, "db", failed)).toEqual({ refused });
  expect(at(2 * DAY, "uploads", failed)).toEqual({ refused });
  // That does take it, of both.
  expect([at(1200, "db", failed).run, at(1200, "uploads", failed).run]).toEqual(["at-10", "at-1200"]);
});

test("a night that was made up for hours later is still that night's", () => {
  const late = { ...BOTH, uploads: [nightly(0, 1200), nightly(1, 6 * HOUR)] };
  expect(at(DAY + 7 * HOUR, "db", late).run).toBe(`at-${DAY + 10}`);
  expect(at(DAY + 5 * HOUR, "db", late).run).toBe("at-10");
});

test("what was made of one alone is refused for it, and nothing that the others lack", () => {
  const more = { ...BOTH, db: [...BOTH.db, made(NIGHT + DAY + 9 * HOUR)] };
  expect(at(2 * DAY - 1, "db", more).refused).toMatch(
    /^uploads has no backup of the round of 2026-11-21 12:00:00, which db has; the newest that all have: --at 2026-11-21 03:21:00$/,
  );
  expect(at(2 * DAY - 1, "uploads", more).run).toBe(`at-${DAY + 1260}`);
});

test("what was made before a release belongs to the others' of the same release, also when that is deployed again", () => {
  const release = (time: number) => made(NIGHT + DAY + time, { release: true, round: "3f9c" });
  const more = {
    db: [...BOTH.db, release(9 * HOUR), release(11 * HOUR)],
    uploads: [...BOTH.uploads, release(9 * HOUR + 70), release(11 * HOUR + 5)],
  };
  expect(at(DAY + 10 * HOUR, "db", more).run).toBe(`at-${DAY + 9 * HOUR}`);
  expect(at(DAY + 10 * HOUR, "uploads", more).run).toBe(`at-${DAY + 9 * HOUR + 70}`);
  expect(at(DAY + 9 * HOUR + 5, "db", more).run).toBe(`at-${DAY + 10}`);
  expect(at(2 * DAY - 1, "db", more).run).toBe(`at-${DAY + 11 * HOUR}`);
  const ofDb = { ...more, uploads: BOTH.uploads };
  expect(at(2 * DAY - 1, "uploads", ofDb).run).toBe(`at-${DAY + 1260}`);
  expect(at(2 * DAY - 1, "db", ofDb).refused).toMatch(/^uploads has no backup of the round of 2026-11-21 14:00:00/);
});

test("backups of older releases go by their own time", () => {
  const old = (time: number) => made(NIGHT - DAY + time);
  const more = { db: [old(10), ...BOTH.db], uploads: [old(1200), ...BOTH.uploads] };
  expect(at(-DAY + 300, "db", more).run).toBe(`at-${-DAY + 10}`);
  expect(at(-DAY + 300, "uploads", more)).toEqual({});
  expect(at(-1, "uploads", more).run).toBe(`at-${-DAY + 1200}`);
  // Since a later release the first night is one.
  expect(at(300, "db", more).run).toBe(`at-${-DAY + 10}`);
});

test("backups of what a restore replaced, and those from the future, are no part of it", () => {
  const more = {
    db: [...BOTH.db, made(NIGHT + DAY + 5 * HOUR, { safety: true }), nightly(2, 10, { future: true })],
    uploads: BOTH.uploads,
  };
  expect(at(9 * DAY, "db", more).run).toBe(`at-${DAY + 10}`);
  expect(at(9 * DAY, "uploads", more).run).toBe(`at-${DAY + 1260}`);
});

test("the list says of each what it belongs to, and who has none of that", () => {
  const safety = made(NIGHT + DAY + 5 * HOUR, { safety: true });
  const alone = made(NIGHT + DAY + 6 * HOUR);
  const release = made(NIGHT + DAY + 7 * HOUR, { release: true, round: "3f9c" });
  const all = { db: [nightly(0, 10), nightly(1, 10), safety, alone, release], uploads: [nightly(0, 1200)] };
  const column = roundsColumn("db", all, { timeZone: "Europe/Paris" } as BackupDescription);
  expect(all.db.map((run) => column?.(run))).toEqual([
    "2026-11-20 04:00:00",
    "2026-11-21 04:00:00, without uploads",
    "",
    "alone",
    "before a release, without uploads",
  ]);
  expect(roundsColumn("db", { db: all.db }, { timeZone: "UTC" } as BackupDescription)).toBeUndefined();
});
