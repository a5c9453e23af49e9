import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { digestsIn, readImagesLock, writeImagesLock } from "../../stacks/images-lock";

const digest = `sha256:${"a".repeat(64)}`;
const image = { digest, platforms: { "linux/amd64": digest }, version: "1.30.1", built: "2026-11-03" };

const folder = mkdtempSync(join(tmpdir(), "portolan-"));
const file = join(folder, "images.lock.json");

afterAll(() => rmSync(folder, { recursive: true }));

test("a file that is not there locks nothing", () => {
  expect(readImagesLock(join(folder, "nowhere.json"))).toEqual({});
});

test("the project's own can be read", () => {
  expect(() => readImagesLock(join(__dirname, "..", "..", "images.lock.json"))).not.toThrow();
});

test("what is written reads back, in the order of names", () => {
  writeImagesLock(file, { "redis:8": image, "nginx:1.30": image });
  expect(Object.keys(JSON.parse(readFileSync(file, "utf8")))).toEqual(["nginx:1.30", "redis:8"]);
  expect(readImagesLock(file)).toEqual({ "nginx:1.30": image, "redis:8": image });
  expect(digestsIn(file)).toEqual({ "nginx:1.30": digest, "redis:8": digest });
});

test.each([
  [{ nginx: image }, `${file}: key "nginx" must be an image with its tag, like nginx:1.30`],
  [
    { "nginx:1.30": { ...image, digest: "sha256:abc" } },
    `${file}: "nginx:1.30.digest" must be a digest, like "sha256:…", got "sha256:abc"`,
  ],
  [
    { "nginx:1.30": { ...image, age: 3 } },
    `${file}: unknown key "nginx:1.30.age"; allowed here: digest, platforms, version, built`,
  ],
  [[], `${file}: must be an object, like {"nginx:1.30": {"digest": "sha256:…"}}, got []`],
])("refuses %j", (data, message) => {
  writeFileSync(file, JSON.stringify(data));
  expect(() => readImagesLock(file)).toThrow(new Error(message));
});

test("refuses what a merge left half done", () => {
  writeFileSync(file, "<<<<<<< ours");
  expect(() => readImagesLock(file)).toThrow(`${file}: `);
});
