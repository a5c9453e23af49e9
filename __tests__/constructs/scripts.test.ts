import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { testWith } from "../needs";

const CONSTRUCTS = join(__dirname, "..", "..", "constructs");

const SCRIPTS = readdirSync(CONSTRUCTS, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".sh"))
  .sort();

test("there are shell scripts to look at", () => {
  expect(SCRIPTS).toContain("runtime/await.sh");
});

testWith("shellcheck").each(SCRIPTS)("shellcheck has nothing against %s", (script) => {
  const path = join(CONSTRUCTS, script);
  // What runs as an argument of `sh -c` has no first line that says so.
  const shell = readFileSync(path, "utf8").startsWith("#!") ? [] : ["--shell", "sh"];
  const { error, stdout } = spawnSync("shellcheck", [...shell, path], { encoding: "utf8" });
  expect({ error, stdout }).toEqual({ error: undefined, stdout: "" });
});
