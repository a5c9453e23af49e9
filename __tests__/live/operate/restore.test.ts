import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { run } from "../../../scripts/run";
import { Deployment } from "../deployment";
import { publish } from "../releases";
import { Operator } from "./operator";

jest.setTimeout(900_000);

describe("an operator's backups and restores", () => {
  let deployment: Deployment;
  let operator: Operator;
  let backup: string;

  beforeAll(async () => {
    await publish("good");
    deployment = await Deployment.create("t-restore", { release: "good" });
    operator = new Operator(deployment);
    backup = `${deployment.prefix}-db-backup`;
    expect(await deployment.deploy()).toMatchObject({ exitCode: 0 });
    await write("Kept");
  });

  afterAll(() => deployment?.remove());

  test("before the first backup: says how to make one", async () => {
    const { exitCode, stdout, stderr } = await operator.backup("list", "t-restore");
    expect(exitCode).toBe(12);
    expect(stdout).toBe("");
    expect(stderr).toContain("to make one, type: PORTOLAN_SYSTEM=chenu npm run backup -- now t-restore db\n");
  });

  test("makes one, proves it, and shows what there is", async () => {
    await operator.ok(operator.backup("now", "t-restore"));
    await operator.ok(operator.backup("verify", "t-restore", "db"));
    await operator.ok(operator.backup("check", "t-restore", "--all"));

    const runs = JSON.parse(await operator.ok(operator.backup("list", "t-restore", "--json"))).db;
    expect(runs).toHaveLength(1);
    const listed = await operator.ok(operator.backup("list", "t-restore"));
    expect(listed).toMatch(
      /^Time \(UTC\) +Size +Age +Verified +Snapshot\n\d{4}-\d\d-\d\d [\d:]{8} +[\d.]+ kB +\d+ (second|minute)s? +\d{4}-\d\d-\d\d [\d:]{8} +\S+$/m,
    );
    const shown = await operator.ok(operator.backup("show", "t-restore", "db", "--snapshot", runs[0].run));
    expect(shown).toMatch(/^chenu +public\.threads +1$/m);
    expect(shown).toContain("1 row in 1 table");
  });

  test("nothing happens without the environment's name, a backup, or a new place", async () => {
    const before = await operator.sql("SELECT oid FROM pg_database WHERE datname = 'chenu'");
    expect(await operator.restore("--in-place")).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining("error: nothing was done: nobody confirmed it; add --yes t-restore\n"),
    });
    expect(await operator.restore("--in-place", "--yes", "production")).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('error: nothing was done: the environment is "t-restore", not "production"\n'),
    });
    expect(await operator.restore("--in-place", "--yes", "t-restore", "--at", "2020-01-01")).toMatchObject({
      exitCode: 18,
      stderr: expect.stringMatching(/no backup from 2020-01-01 00:00:00 UTC or before; the oldest is from \d{4}-/),
    });
    expect(await operator.restore("--to-database", "chenu")).toMatchObject({
      exitCode: 19,
      stderr: expect.stringContaining("chenu exists already; choose a new name"),
    });
    expect(await operator.sql("SELECT oid FROM pg_database WHERE datname = 'chenu'")).toBe(before);
    expect(await operator.ok(operator.restore("--status"))).toBe("no restore of db is under way\n");
  });

  test("to a file: whole or not at all, for this user only, and without a copy on the host", async () => {
    const folder = join(deployment.folder, "dumps");
    await operator.ok(operator.restore("--to-file", folder));
    expect(readdirSync(folder).sort()).toEqual(["chenu.dump", "manifest.json", "roles.json"]);
    expect(readFileSync(join(folder, "chenu.dump")).subarray(0, 5).toString()).toBe("PGDMP");
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    const left = await run("docker", ["exec", backup, "ls", "/state"]);
    expect(left.stdout).not.toContain("to-file");

    const again = await operator.restore("--to-file", folder);
    expect(again).toMatchObject({
      exitCode: 1,
      stderr: `error: ${folder} is there already and not empty; name a new folder\n`,
    });
    const none = join(deployment.folder, "none");
    expect(await operator.restore("--to-file", none, "--at", "2020-01-01")).toMatchObject({ exitCode: 18 });
    expect([none, `${none}.partial`].filter(existsSync)).toEqual([]);
  });

  test("in place: the old rows are back, the application serves them, and what was there is kept until it is dropped", async () => {
    await lose();
    const { exitCode, stdout, stderr } = await operator.restore("--in-place", "--yes", "t-restore", ...(await first()));
    expect({ exitCode, stderr }).toEqual({
      exitCode: 0,
      stderr: expect.stringContaining("backing up what is there now"),
    });
    expect(stdout).toMatch(/^Restored chenu: 1 row in 1 table, .*\nfrom .*\ntook +\d+ seconds\n/m);
    expect(await titles()).toEqual(["Kept"]);
    expect((await deployment.diff()).stdout).toContain("No changes.");

    expect(await operator.restore("--in-place", "--yes", "t-restore")).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(
        /nothing was done: the data from before the last restore is still there, as chenu_before_/,
      ),
    });
    expect(await operator.restore("--drop-old")).toMatchObject({ exitCode: 1 });

    // It was the wrong one.
    expect(await operator.ok(operator.restore("--swap-back", "--yes", "t-restore"))).toMatch(
      /^Restored chenu: as it was/m,
    );
    expect(await titles()).toEqual([]);
    await operator.ok(operator.restore("--drop-old", "--yes", "t-restore"));
    expect(await databases()).toEqual(["chenu"]);
  });

  test.each<[string, RegExp, NodeJS.Signals]>([
    ["beside the database", /restoring chenu to/, "SIGKILL"],
    ["by Ctrl-C", /comparing chenu_restored/, "SIGINT"],
    ["in the safety backup, when the application is stopped", /backing up what/, "SIGKILL"],
    ["in the exchange", /exchanging chenu/, "SIGKILL"],
    ["before the application is started again", /running the release job/, "SIGTERM"],
  ])(
    "interrupted %s: nothing is lost, the next command says how to go on, and --resume ends it",
    async (_, word, signal) => {
      await lose();
      const old = await operator.sql("SELECT oid FROM pg_database WHERE datname = 'chenu'", "postgres");
      const said = await operator.interrupted(
        word,
        (child) => child.kill(signal),
        "--in-place",
        "--yes",
        "t-restore",
        ...(await first()),
      );
      if (signal !== "SIGKILL")
        expect(said).toMatch(/To go on, type:\n {2}PORTOLAN_SYSTEM=chenu npm run restore -- t-restore db --resume\n/);
      expect(await operator.sql(`SELECT count(*) FROM pg_database WHERE oid = ${old}`, "postgres")).toBe("1");

      const next = await operator.restore("--in-place", "--yes", "t-restore");
      expect(next.exitCode).toBe(1);
      expect(next.stderr).toMatch(
        /error: nothing was done: a restore of chenu was begun .* npm run restore -- t-restore db --resume/,
      );

      await operator.ok(operator.restore("--resume"));
      expect(await titles()).toEqual(["Kept"]);
      expect(await operator.ok(operator.restore("--status"))).toMatch(/--drop-old$/m);
      await operator.ok(operator.restore("--drop-old", "--yes", "t-restore"));
    },
  );

  test("a restore container that is killed, and then given up: everything is as it was", async () => {
    await write("New");
    const kill = () => run("docker", ["kill", `${deployment.prefix}-db-restore`]);
    const said = await operator.interrupted(/restoring chenu to/, kill, "--in-place", "--yes", "t-restore");
    expect(said).toMatch(/--abort\nerror: it was killed/);
    await operator.ok(operator.restore("--abort"));
    expect(await operator.ok(operator.restore("--status"))).toBe("no restore of db is under way\n");
    expect(await databases()).toEqual(["chenu"]);
    expect(await titles()).toEqual(["Kept", "New"]);
  });

  test("what is there is lost: says so, names --no-safety-backup, and restores without", async () => {
    await operator.sql("ALTER DATABASE chenu WITH ALLOW_CONNECTIONS false", "postgres");
    await operator.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'chenu'", "postgres");
    await operator.sql("DROP DATABASE chenu", "postgres");
    const choice = await first();
    const stopped = await operator.restore("--in-place", "--yes", "t-restore", ...choice);
    expect(stopped.exitCode).toBe(11);
    expect(stopped.stderr).toContain(
      "  PORTOLAN_SYSTEM=chenu npm run restore -- t-restore db --resume --no-safety-backup\n",
    );
    const { stdout } = await run("docker", [
      "ps",
      "--format",
      "{{.Names}}",
      "--filter",
      `name=${deployment.prefix}-backend-`,
    ]);
    expect(stdout).not.toBe("");

    await operator.ok(operator.restore("--resume", "--no-safety-backup"));
    expect(await titles()).toEqual(["Kept"]);
  });

  test("a backup container that stopped, or isn't there: says what to type", async () => {
    await run("docker", ["stop", backup]);
    expect((await operator.backup("list", "t-restore")).stderr).toMatch(
      new RegExp(
        `^error: ${backup} does not run: it is exited, exit code \\d+\\n[\\s\\S]*\\nto start it again, type: docker start ${backup}\\n$`,
      ),
    );
    await run("docker", ["rm", backup]);
    expect((await operator.backup("list", "t-restore")).stderr).toBe(
      `error: there is no container ${backup} on this machine: deploy it first, type: PORTOLAN_SYSTEM=chenu npm run deploy -- t-restore\n`,
    );
  });

  async function write(title: string): Promise<void> {
    const body = { title, founding_intent: "To be read again", sphere_id: "personal" };
    expect((await deployment.ask("/api/v1/threads", { method: "POST", body })).status).toBe(201);
  }

  async function lose(): Promise<void> {
    await operator.sql("DELETE FROM threads");
    expect(await titles()).toEqual([]);
  }

  async function titles(): Promise<string[]> {
    const { body } = await deployment.ask("/api/v1/threads");
    return JSON.parse(body)
      .map(({ title }: { title: string }) => title)
      .sort();
  }

  /** The oldest backup, which has the row. */
  async function first(): Promise<string[]> {
    const { stdout } = await run("docker", ["exec", backup, "list"]);
    return ["--snapshot", JSON.parse(stdout)[0].run];
  }

  async function databases(): Promise<string[]> {
    const names = await operator.sql(
      "SELECT datname FROM pg_database WHERE NOT datistemplate AND datname <> 'postgres'",
    );
    return names.split("\n");
  }
});
