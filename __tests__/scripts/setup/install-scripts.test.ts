import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../../scripts/run";

const PROJECT = join(__dirname, "..", "..", "..");
const folder = mkdtempSync(join(tmpdir(), "portolan-test-"));
const proof = join(folder, "ran");

beforeAll(async () => {
  const loud = join(folder, "loud");
  mkdirSync(loud);
  const scripts = { postinstall: `touch ${proof}` };
  writeFileSync(join(loud, "package.json"), JSON.stringify({ name: "loud", version: "1.0.0", scripts }));
  await run("npm", ["pack", "--silent", loud], { cwd: folder });
  writeFileSync(join(folder, "package.json"), JSON.stringify({ dependencies: { loud: "file:loud-1.0.0.tgz" } }));
  copyFileSync(join(PROJECT, ".npmrc"), join(folder, ".npmrc"));
}, 60_000);

afterAll(() => rmSync(folder, { recursive: true }));

const install = (...options: string[]) =>
  run("npm", ["install", "--offline", "--no-audit", "--no-fund", ...options], { cwd: folder });

test("a package that is installed runs no script of its own, in this project", async () => {
  await install();
  expect({ installed: existsSync(join(folder, "node_modules", "loud")), ran: existsSync(proof) }).toEqual({
    installed: true,
    ran: false,
  });

  // So that the test would notice.
  rmSync(join(folder, "node_modules"), { recursive: true });
  await install("--ignore-scripts=false");
  expect(existsSync(proof)).toBe(true);
}, 60_000);

test("the packages that have such a script are those of which somebody saw that they do without", () => {
  const { packages } = JSON.parse(readFileSync(join(PROJECT, "package-lock.json"), "utf8"));
  const scripted = Object.keys(packages).filter((path) => packages[path].hasInstallScript);
  expect(scripted.map((path) => path.replace("node_modules/", ""))).toEqual([
    // Would compile itself where there is no binary for the platform.
    "@parcel/watcher",
    // Would fetch a slower one.
    "@swc/core",
    // Only starts faster for it, and only as a command.
    "esbuild",
  ]);
});
