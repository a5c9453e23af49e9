import { Backup } from "../../../constructs/backup/backup";
import { roundsOf } from "../../../constructs/backup/rounds";

function rounds(...schedules: string[]): string[] {
  const all = schedules.map((schedule) => Backup.every(schedule));
  return all.map((policy) => roundsOf(policy, all));
}

test.each([
  [["0 3 * * *"], "0 3 * * *"],
  [["0 3 * * *", "0 3 * * *"], "0 3 * * *"],
  [["30 3 * * *", "0 3 * * *"], "0 3 * * *"],
  [["30 3 * * *", "0 3 * * *", "30 3 * * *"], "0 3 * * *"],
  [["30 0 * * *", "45 23 * * *", "15 1 * * *"], "45 23 * * *"],
])("%j are one round a night, from the first of them on", (schedules, first) => {
  expect(rounds(...schedules)).toEqual(schedules.map(() => first));
});

test("what is not backed up once a day belongs only to what has the same schedule", () => {
  const others = ["*/30 * * * *", "*/30 * * * *", "0 3 * * 1"];
  expect(rounds(...others, "0 3 * * *")).toEqual([...others, "0 3 * * *"]);
});

test("so it is with another time zone", () => {
  const utc = Backup.nightly({ at: "04:00" });
  const paris = Backup.nightly({ at: "03:00", timeZone: "Europe/Paris" });
  expect(roundsOf(utc, [utc, paris])).toBe("0 4 * * *");
});
