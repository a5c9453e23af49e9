import { age, counted, moment, size } from "../../../scripts/backups/words";

test.each([
  [0, "0 B"],
  [999, "999 B"],
  [1000, "1.0 kB"],
  [48_251_000, "48.3 MB"],
  [999_000_000, "999 MB"],
  [2_500_000_000_000_000, "2500 TB"],
])("%d bytes are %s", (bytes, text) => expect(size(bytes)).toBe(text));

test.each([
  [-5, "0 seconds"],
  [1, "1 second"],
  [119, "119 seconds"],
  [120, "2 minutes"],
  [7_200, "2 hours"],
  [172_799, "47 hours"],
  [172_800, "2 days"],
])("%d seconds are %s", (seconds, text) => expect(age(seconds)).toBe(text));

test("numbers are counted in words", () => {
  expect([counted(0, "row"), counted(1, "row"), counted(1234, "row")]).toEqual(["0 rows", "1 row", "1,234 rows"]);
});

test("a moment is in the policy's time zone, also when that changes its clocks", () => {
  const summer = Date.UTC(2026, 6, 1, 1, 0, 2) / 1000;
  const winter = Date.UTC(2026, 11, 1, 2, 0, 2) / 1000;
  expect(moment(summer, "Europe/Paris")).toBe("2026-07-01 03:00:02");
  expect(moment(winter, "Europe/Paris")).toBe("2026-12-01 03:00:02");
});
