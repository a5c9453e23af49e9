import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { attempt } from "../../../scripts/run";

const PROJECT = join(__dirname, "..", "..", "..");
const folder = mkdtempSync(join(tmpdir(), "portolan-test-"));

afterAll(() => rmSync(folder, { recursive: true }));

/** Runs a program of the project on this Node, which calls itself another version. */
async function on(version: string, ...program: string[]) {
  const other = join(folder, "other-version.cjs");
  writeFileSync(
    other,
    `Object.defineProperty(process, "versions", { value: { ...process.versions, node: "${version}" } });
     Object.defineProperty(process, "version", { value: "v${version}" });`,
  );
  const { stdout, stderr, exitCode } = await attempt(process.execPath, ["--require", other, ...program], {
    cwd: PROJECT,
    env: { CDKTF_OUTDIR: join(folder, "out") },
  });
  return { output: stdout + stderr, exitCode };
}

const refused = (version: string) => ({
  output: `error: Node 22 to 26 is needed, this is v${version}; install one from your system's packages or nodejs.org\n`,
  exitCode: 1,
});

test.each(["18.20.8", "21.7.3", "27.0.0"])(
  "Node %s is refused in one sentence before anything starts",
  async (version) => {
    expect(await on(version, "scripts/setup/dependencies.cjs")).toEqual(refused(version));
  },
);

test("a synthesis, which cdktf starts on whatever Node there is, says the same and no stack trace", async () => {
  expect(await on("20.20.2", "--import", "tsx", "main.ts")).toEqual(refused("20.20.2"));
}, 30_000);

test.each(["22.0.0", "26.99.9"])("Node %s will do", async (version) => {
  expect(await on(version, "scripts/setup/node-version.cjs")).toEqual({ output: "", exitCode: 0 });
});
