import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";

const PROJECT = join(__dirname, "..", "..");

/** Files of the product, without its tests, that import from a package. */
function importersOf(packageName: string): string[] {
  const files = ["constructs", "stacks", "scripts"].flatMap((folder) =>
    readdirSync(join(PROJECT, folder), { recursive: true, encoding: "utf8" }).map((file) =>
      join(PROJECT, folder, file),
    ),
  );
  return [...files, join(PROJECT, "main.ts")]
    .filter((file) => file.endsWith(".ts"))
    .filter((file) => new RegExp(`["']${packageName}["'/]`).test(readFileSync(file, "utf8")))
    .map((file) => relative(PROJECT, file));
}

test("only constructs/runtime knows the Docker provider", () => {
  const importers = importersOf("@cdktf/provider-docker");
  expect(importers).toContain("constructs/runtime/image.ts");
  expect(importers.filter((file) => !file.startsWith("constructs/runtime/"))).toEqual([]);
});

test("only constructs/github knows the GitHub provider", () => {
  expect(importersOf("@cdktf/provider-github").filter((file) => !file.startsWith("constructs/github/"))).toEqual([]);
});

test("constructs know nothing of the systems and environments made of them", () => {
  const importers = importersOf("(\\.\\./)+stacks").filter((file) => file.startsWith("constructs/"));
  expect(importers).toEqual([]);
});
