import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fingerprint } from "../../../scripts/setup/images/fingerprint";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "portolan-test-"));
  mkdirSync(join(folder, "conf"));
  writeFileSync(join(folder, "Dockerfile"), "FROM scratch\n");
  writeFileSync(join(folder, "conf", "a"), "1");
});

afterEach(() => rmSync(folder, { recursive: true }));

test("the same folder has the same fingerprint", () => {
  expect(fingerprint(folder, "base")).toBe(fingerprint(folder, "base"));
});

test("a changed, moved or added file is another fingerprint", () => {
  const seen = new Set([fingerprint(folder)]);
  writeFileSync(join(folder, "conf", "a"), "2");
  seen.add(fingerprint(folder));
  renameSync(join(folder, "conf", "a"), join(folder, "conf", "b"));
  seen.add(fingerprint(folder));
  writeFileSync(join(folder, "c"), "");
  seen.add(fingerprint(folder));
  expect(seen.size).toBe(4);
});

test("what else an image is built from counts too", () => {
  expect(fingerprint(folder, { SUITE: "forky" })).not.toBe(fingerprint(folder, { SUITE: "bookworm" }));
});
