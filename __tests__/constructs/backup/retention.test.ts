import { Retention } from "../../../constructs/backup/retention";

test.each([
  [Retention.days(30), "within 30d"],
  [Retention.gfs({ daily: 7, weekly: 4, monthly: 12 }), "daily=7 weekly=4 monthly=12"],
  [Retention.gfs({ daily: 7, weekly: 0, yearly: 2 }), "daily=7 yearly=2"],
])("reads for the backup container as it understands it: %#", (retention, rule) => {
  expect(retention.rule).toBe(rule);
});

test.each([0, -1, 1.5, Number.NaN])("refuses to keep %p days", (days) => {
  expect(() => Retention.days(days)).toThrow(
    new Error(`retention of ${days} days would keep nothing; give a whole number of at least 1`),
  );
});

test.each([{}, { daily: 0 }, { daily: 0, monthly: 0 }])("refuses %p, which keeps nothing", (generations) => {
  expect(() => Retention.gfs(generations)).toThrow("retention would keep nothing; give at least one number above 0");
});

test.each([-1, 0.5])("refuses %p weeks", (weekly) => {
  expect(() => Retention.gfs({ daily: 7, weekly })).toThrow(
    new Error(`retention: weekly must be a whole number of at least 0, got ${weekly}`),
  );
});
