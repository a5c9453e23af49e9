import { median } from "../../bench/stopwatch";

test.each([
  [[3, 1, 20], 3],
  [[4, 1, 2, 20], 3],
  [[7], 7],
])("the middle one of %j is %d", (values, middle) => {
  expect(median(values)).toBe(middle);
});
