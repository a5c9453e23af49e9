import { readFileSync } from "node:fs";
import { join } from "node:path";
import { secretsFile } from "../../stacks/secrets-file";

test("is one for each environment of each system, and git does not see it", () => {
  expect(secretsFile("shop", "staging")).toBe(".env.shop.staging");
  expect(readFileSync(join(__dirname, "..", "..", ".gitignore"), "utf8").split("\n")).toContain(".env*");
});
