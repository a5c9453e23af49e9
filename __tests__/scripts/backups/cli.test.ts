import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { attempt, type Finished } from "../../../scripts/run";

jest.setTimeout(120_000);

const ROOT = join(__dirname, "..", "..", "..");
const folder = mkdtempSync(join(tmpdir(), "portolan-environments-"));
const NOWHERE = "unix:///nonexistent/docker.sock";

beforeAll(() => writeFileSync(join(folder, "remote.json"), JSON.stringify({ domain: "a.example", host: NOWHERE })));
afterAll(() => rmSync(folder, { recursive: true }));

/** The real command, on CHE·NU in an environment of its own. */
function type(script: string, words: readonly string[], variables: Record<string, string> = {}): Promise<Finished> {
  const environment = { PATH: process.env.PATH, PORTOLAN_ENVIRONMENTS: folder, ...variables };
  const given = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  const command = [process.execPath, "--import", "tsx", join("scripts", `${script}.ts`), ...words];
  return attempt("env", ["-i", ...given, ...command], { cwd: ROOT });
}

function refused(message: string): Finished {
  return { stdout: "", stderr: `error: ${message}\n`, exitCode: 1 };
}

test.each<[string, string[], string]>([
  ["backup", ["list", "prod"], 'unknown environment "prod"; known: remote'],
  ["backup", ["show", "remote", "database"], 'remote has no backup "database"; known: db'],
  [
    "backup",
    ["from-here", "remote", "prune", "--repository", "sftp://nas.example"],
    "sftp://nas.example/chenu-remote-db cannot be worked on from here; on the machine that has it, name its folder: --repository /folder",
  ],
  [
    "backup",
    ["from-here", "remote", "prune"],
    "/repository cannot be worked on from here; on the machine that has it, name its folder: --repository /folder",
  ],
  ["restore", ["prod", "db", "--status"], 'unknown environment "prod"; known: remote'],
  ["restore", ["remote", "uploads", "--status"], 'remote has no backup "uploads"; known: db'],
  [
    "restore",
    ["remote", "db"],
    "say one thing to do: --to-file, --to-database, --in-place, --status, --resume, --abort, --swap-back or --drop-old",
  ],
  [
    "restore",
    ["remote", "db", "--resume", "--abort"],
    "say one thing to do: --to-file, --to-database, --in-place, --status, --resume, --abort, --swap-back or --drop-old",
  ],
  ["restore", ["remote", "db", "--in-place", "--database", "x"], 'there is no database "x"; known: chenu'],
  ["upgrade", ["prod", "db"], 'unknown environment "prod"; known: remote'],
  ["upgrade", ["remote", "cache"], 'remote has no backup "cache"; known: db'],
  ["runbook", ["prod"], 'unknown environment "prod"; known: remote'],
])("%s %j is one message", async (script, words, message) => {
  expect(await type(script, words)).toEqual(refused(message));
});

test("an engine that doesn't answer: Docker's own words, and what to check", async () => {
  const { stdout, stderr, exitCode } = await type("backup", ["list", "remote"]);
  expect({ stdout, exitCode }).toEqual({ stdout: "", exitCode: 1 });
  expect(stderr).toMatch(
    /^error: the Docker Engine of this machine cannot be reached:\n.*nonexistent\/docker\.sock.*\ncheck that it runs: systemctl start docker\n$/,
  );
});

test("an option that npm took away is not left out in silence", async () => {
  // What npm makes of `npm run restore remote db --in-place --at "2026-11-20"`.
  const swallowed = { npm_config_in_place: "true", npm_config_at: "true" };
  const { stderr, exitCode } = await type("restore", ["remote", "db", "2026-11-20"], swallowed);
  expect(exitCode).toBe(1);
  expect(stderr).toBe(
    'error: npm took --in-place, --at for itself; put "--" in front of everything: npm run restore -- …\n',
  );
  const safety = await type("restore", ["remote", "db", "--in-place"], { npm_config_safety_backup: "" });
  expect(safety.stderr).toMatch(/^error: npm took --no-safety-backup for itself/);
  // npm's own option of this name may be in its configuration.
  expect((await type("restore", ["remote", "x", "--status"], { npm_config_yes: "true" })).stderr).toMatch(
    /no backup "x"/,
  );
});

test("a time or a snapshot, not both", async () => {
  const { stderr, exitCode } = await type("restore", ["remote", "db", "--in-place", "--at", "x", "--snapshot", "y"]);
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/^error: option '--snapshot <id>' cannot be used with option '--at <time>'/);
});

test.each(["backup", "restore", "upgrade", "runbook"])("help of %s shows examples", async (script) => {
  const { stdout, exitCode } = await type(script, ["--help"]);
  expect(stdout).toContain(`npm run ${script} -- `);
  expect(stdout).toContain("Examples:");
  expect(exitCode).toBe(0);
});
