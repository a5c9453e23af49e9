import { spawnSync } from "node:child_process";
import { join } from "node:path";

const SCRIPT = join(__dirname, "..", "..", "..", "backup", "lib", "schedule.sh");

function lastTime(schedule: string, now: string, zone = "UTC"): string {
  const script = `set -euo pipefail; . "$1"; date -d "@$(last_time "$2" "$(date -d "$3" +%s)")" '+%F %T'`;
  const env = { ...process.env, TZ: zone };
  const { stdout, stderr, status } = spawnSync("bash", ["-c", script, "-", SCRIPT, schedule, now], {
    encoding: "utf8",
    env,
  });
  return status === 0 ? stdout.trim() : `error ${stderr.trim()}`;
}

test.each([
  ["0 3 * * *", "2026-11-25 02:59:59", "2026-11-24 03:00:00"],
  ["0 3 * * *", "2026-11-25 03:00:00", "2026-11-25 03:00:00"],
  ["* * * * *", "2026-11-25 23:59:30", "2026-11-25 23:59:00"],
  ["*/15 8-18/2 * * mon-fri", "2026-11-22 12:00", "2026-11-20 18:45:00"],
  ["0 5 * * 0", "2026-11-25 12:00", "2026-11-22 05:00:00"],
  ["0 5 * * 7", "2026-11-25 12:00", "2026-11-22 05:00:00"],
  ["0 5 * * SUN", "2026-11-25 12:00", "2026-11-22 05:00:00"],
  ["@monthly", "2026-11-25 12:00", "2026-11-01 00:00:00"],
  ["08 09 * * *", "2026-11-25 12:00", "2026-11-25 09:08:00"],
  // Either of the two says a day.
  ["30 1,13 1 * mon", "2026-11-25 12:00", "2026-11-23 13:30:00"],
  ["0 0 29 feb *", "2026-11-25 12:00", "2024-02-29 00:00:00"],
])("%p was last due, at %s, at %s", (schedule, now, time) => {
  expect(lastTime(schedule, now)).toBe(time);
});

test("a time that the clocks leave out is an hour later, and one they have twice is there once", () => {
  expect(lastTime("30 2 * * *", "2026-03-29 12:00", "Europe/Paris")).toBe("2026-03-29 03:30:00");
  expect(lastTime("30 2 * * *", "2026-10-25 12:00", "Europe/Paris")).toBe("2026-10-25 02:30:00");
});

test.each(["61 3 * * *", "weekly", "0 3 * * * ; x", "5-2 * * * *", "* * L * *", "* * * *", "*/0 * * * *", ", * * * *"])(
  "%p is no schedule",
  (schedule) => {
    expect(lastTime(schedule, "2026-11-25")).toMatch(/^error/);
  },
);
