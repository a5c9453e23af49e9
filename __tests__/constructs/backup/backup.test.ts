import { Backup } from "../../../constructs/backup/backup";
import { Repository } from "../../../constructs/backup/repository";

test("is made at three in the night, is kept for thirty days on the host, and is proved on Sundays", () => {
  expect(Backup.nightly()).toMatchObject({
    schedule: "0 3 * * *",
    timeZone: "UTC",
    keep: { rule: "within 30d" },
    repository: { isLocal: true },
    offsite: undefined,
    verify: "0 5 * * 0",
    check: "0 4 * * *",
    offReason: undefined,
  });
});

test("has 400 MiB of memory, and at least 256", () => {
  expect(Backup.nightly().memory).toBe(400);
  expect(Backup.nightly({ memory: 1024 }).memory).toBe(1024);
  for (const memory of [255, Number.NaN]) {
    const message = `backup with ${memory} MiB of memory: write a number from 256`;
    expect(() => Backup.nightly({ memory })).toThrow(new Error(message));
  }
});

test.each([
  ["00:00", "0 0 * * *"],
  ["09:05", "5 9 * * *"],
  ["23:59", "59 23 * * *"],
])("at %p is %p to cron", (at, schedule) => {
  expect(Backup.nightly({ at }).schedule).toBe(schedule);
});

test.each(["24:00", "3:00", "03:60", "", "three"])("refuses the time of day %p", (at) => {
  expect(() => Backup.nightly({ at })).toThrow(new Error(`backup at "${at}": write a time of day like "03:00"`));
});

test.each(["0 2 * * *", "*/15 * * * *", "0 2 * * 1-5", "30 4 1,15 * *"])("takes the schedule %p", (schedule) => {
  expect(Backup.every(schedule).schedule).toBe(schedule);
});

// Seconds in front, a day that no year has, and what only some kinds of cron know.
test.each([
  "",
  "daily",
  "0 25 * * *",
  "61 * * * *",
  "* * * *",
  "0 0 3 * * *",
  "0 0 30 2 *",
  "0 3 L * *",
  "0 3 * * 1#2",
])("refuses the schedule %p", (schedule) => {
  const message = (what: string) =>
    `backup ${what} "${schedule}" is not a time there can be; write five fields, like "0 3 * * *"`;
  expect(() => Backup.every(schedule)).toThrow(new Error(message("schedule")));
  expect(() => Backup.nightly({ verify: schedule })).toThrow(new Error(message("verify")));
  expect(() => Backup.nightly({ check: schedule })).toThrow(new Error(message("check")));
});

test("knows the world's time zones", () => {
  expect(Backup.nightly({ timeZone: "Europe/Paris" }).timeZone).toBe("Europe/Paris");
  expect(() => Backup.nightly({ timeZone: "Mars/Olympus" })).toThrow(
    new Error('time zone "Mars/Olympus" is not known; use a name like "Europe/Paris"'),
  );
});

test("is only off for a reason", () => {
  expect(Backup.off("made from a seed").offReason).toBe("made from a seed");
  expect(() => Backup.off(" ")).toThrow("Backup.off needs the reason why the data may be lost");
});

test("is only here for a reason, and only where there is nothing elsewhere", () => {
  expect(Backup.nightly({ onlyHere: "a demo" })).toMatchObject({ onlyHere: "a demo", isOnlyHere: true });
  expect(() => Backup.nightly({ onlyHere: " " })).toThrow(
    new Error('onlyHere needs the reason why backups may be lost with the host, like "a demo"'),
  );
  const elsewhere = Repository.s3({ bucket: "backups" });
  for (const props of [{ offsite: elsewhere }, { repository: elsewhere }]) {
    expect(Backup.nightly(props).isOnlyHere).toBe(false);
    expect(() => Backup.nightly({ onlyHere: "a demo", ...props })).toThrow(
      new Error("onlyHere is for backups without a repository elsewhere, and these have one"),
    );
  }
});

test("is not offsite on the same host", () => {
  expect(() => Backup.nightly({ offsite: Repository.local() })).toThrow(
    "the offsite repository of a backup can't be on the same host",
  );
});
