import { atLeast, parseVersion } from "../../../scripts/setup/version";

test("the version is found in what a program says of itself", () => {
  expect(parseVersion("go version go1.26.8 linux/amd64")).toEqual([1, 26, 8]);
  expect(parseVersion("Terraform v1.11.4\non linux_amd64")).toEqual([1, 11, 4]);
});

test("a version without a patch number is its first patch", () => {
  expect(parseVersion("go version go1.21 linux/amd64")).toEqual([1, 21, 0]);
});

test("a text without a version has none", () => {
  expect(parseVersion("command not found")).toBeUndefined();
});

test("versions are compared number by number, not as text", () => {
  expect(atLeast([1, 10, 0], [1, 9, 8])).toBe(true);
  expect(atLeast([1, 9, 8], [1, 10, 0])).toBe(false);
  expect(atLeast([2, 0, 0], [1, 10, 0])).toBe(true);
  expect(atLeast([1, 10, 0], [1, 10, 0])).toBe(true);
});
