import { spawnSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BACKUP, CERTIFICATES, EXTRA, NEEDED, SYSTEMS } from "./setup/images/catalogue";
import { ensureStandIns } from "./setup/images/images";
import { ensureDockerd } from "./setup/machines/dockerd";
import { ensureRootFileSystem } from "./setup/machines/root-file-system";
import { setup } from "./setup/setup";
import { runSteps } from "./setup/steps";
import { ensureTestTools } from "./setup/test-tools";

/**
 * Everything that says whether the project is sound: types, lint, and the tests, the live ones against a real engine.
 * Ends with one line that counts. Only on a developer's machine may the live tests be left out, and only aloud.
 */
async function main(): Promise<number> {
  const skipped = await withoutLiveTests();
  const checks = [check("types", "tsc", ["--noEmit"]), check("lint", "biome", ["check", "--error-on-warnings", "."])];
  const report = join(tmpdir(), `portolan-tests-${process.pid}.json`);
  const projects = skipped ? ["unit"] : ["unit", "live"];
  // Live tests mostly wait for containers, and have names and ports of their own: two at a time disturb nobody.
  spawn("jest", ["--selectProjects", ...projects, "--maxWorkers=2", "--json", `--outputFile=${report}`]);
  const tests = counts(report);
  const passed = tests.passed + checks.filter(Boolean).length;
  const failed = tests.failed + checks.filter((ok) => !ok).length;
  if (skipped) console.log(`Live tests left out: ${skipped}`);
  console.log(`${passed} passed, ${failed} failed${tests.skipped ? `, ${tests.skipped} skipped` : ""}`);
  return failed === 0 && tests.passed > 0 ? 0 : 1;
}

/** Why the live tests can't run here; in CI that is an error. */
async function withoutLiveTests(): Promise<string | undefined> {
  try {
    await setup();
    // Also where the official images can be had: the tests push releases of their own, and to no registry but this.
    await runSteps([
      { title: "Tools of the tests", run: ensureTestTools },
      {
        title: "Registry of the tests",
        run: (report) => ensureStandIns(report, [...NEEDED, ...EXTRA, ...BACKUP, ...SYSTEMS, ...CERTIFICATES]),
      },
      {
        title: "Machines of the tests",
        run: async (report) => {
          await ensureRootFileSystem("bookworm", report);
          await ensureRootFileSystem("forky", report);
          await ensureDockerd(report);
        },
      },
    ]);
    return undefined;
  } catch (error) {
    if (process.env.CI) throw error;
    return (error as Error).message;
  }
}

function check(name: string, command: string, args: readonly string[]): boolean {
  const ok = spawn(command, args) === 0;
  if (!ok) console.log(`${name}: failed`);
  return ok;
}

function spawn(command: string, args: readonly string[]): number {
  const binary = join(__dirname, "..", "node_modules", ".bin", command);
  return spawnSync(binary, args, { stdio: "inherit", cwd: join(__dirname, "..") }).status ?? 1;
}

/** A suite that did not even start counts as a failed test. */
function counts(report: string): { passed: number; failed: number; skipped: number } {
  try {
    const { numPassedTests, numFailedTests, numPendingTests, numRuntimeErrorTestSuites } = JSON.parse(
      readFileSync(report, "utf8"),
    );
    return {
      passed: numPassedTests,
      failed: numFailedTests + numRuntimeErrorTestSuites,
      skipped: numPendingTests,
    };
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  } finally {
    rmSync(report, { force: true });
  }
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: Error) => {
    console.error(`error: ${error.message}`);
    process.exitCode = 1;
  },
);
