import { attempt, run } from "../../../scripts/run";
import { eventually } from "../eventually";
import { BackupContainer, backupImage, Exit, ensureNetwork } from "./backup-container";
import { damage } from "./damage";
import { Postgres } from "./servers";

jest.setTimeout(900_000);

const SERVER = "portolan-t-backup-faults-postgres";

describe("faults", () => {
  const server = new Postgres(SERVER);
  let image: string;
  let backup: BackupContainer;

  beforeAll(async () => {
    await ensureNetwork();
    image = await backupImage("postgres:18");
    backup = await BackupContainer.create("t-faults", image, server.environment);
    await backup.makeRepository();
    await server.start();
    await server.query("CREATE TABLE bulk AS SELECT g AS id, md5(g::text) AS t FROM generate_series(1, 300000) g");
    await backup.ok("backup");
  });

  afterAll(async () => {
    await server.remove();
    await backup?.remove();
  });

  /** Ends with this code and message; the metrics say so, and the backups from before are all there. */
  async function fails(other: BackupContainer, exitCode: number, message: RegExp): Promise<void> {
    const before = await backup.list();
    const finished = await other.verb("backup");
    expect(finished.stderr).toMatch(message);
    expect(finished.stderr).not.toMatch(/canary/);
    expect(finished.exitCode).toBe(exitCode);
    expect(await backup.metrics()).toMatchObject({ last_exit_code: exitCode, snapshots: before.length });
    expect(await backup.list()).toEqual(before);
  }

  test("the database's password is wrong", async () => {
    const other = backup.with({ DATABASE_USER: "postgres" });
    await fails(other, Exit.DUMP_FAILED, /password authentication failed/);
  });

  test("a database is not there: one of two is no backup of both", async () => {
    await fails(backup.with({ DATABASES: "app none" }), Exit.DUMP_FAILED, /database "none" does not exist/);
  });

  test("a table may not be read", async () => {
    await server.query("CREATE TABLE hidden (); REVOKE pg_read_all_data FROM backup");
    await fails(backup, Exit.DUMP_FAILED, /permission denied/);
    await server.query("GRANT pg_read_all_data TO backup; DROP TABLE hidden");
  });

  test("the repository's password is wrong", async () => {
    backup.secret("repository-password", "another");
    const finished = await backup.verb("backup");
    backup.secret("repository-password", "canary-repository-3f1c");
    expect(finished.stderr).toMatch(/password .* does not open the repository/);
    expect(finished.exitCode).toBe(Exit.WRONG_PASSWORD);
    expect(await backup.metrics()).toMatchObject({ last_exit_code: Exit.WRONG_PASSWORD });
  });

  test("the repository's volume is another one: no new start without a word", async () => {
    await backup.ok("bash", "-c", "mkdir /state/away && mv /repository/* /state/away");
    const finished = await backup.verb("backup");
    await backup.ok("bash", "-c", "mv /state/away/* /repository");
    expect(finished.stderr).toMatch(/is gone: t-faults was backed up there before/);
    expect(finished.exitCode).toBe(Exit.REPOSITORY_UNREACHABLE);
  });

  test("killed in the middle of a dump: nothing stays on the server, the next backup is well and retention works", async () => {
    const before = await backup.list();
    const release = await server.hold("bulk");
    const container = await backup.start("killed", "backup");
    await server.dumpWaits();
    expect((await backup.ok("bash", "-c", "ls /repository/locks")).stdout).not.toBe("");
    await run("docker", ["kill", container]);
    await release();
    expect(await backup.list()).toEqual(before);
    // Nobody was left to say so.
    expect(await backup.metrics()).toMatchObject({ last_exit_code: Exit.KILLED });
    await eventually(async () => expect(await server.query(LEFT)).toBe("0"));

    const { stderr } = await backup.ok("backup");
    expect(stderr).toMatch(/dropping \d+ lock/);
    expect(stderr).toMatch(/incomplete ones too/);
    expect(await backup.metrics()).toMatchObject({ last_exit_code: 0 });
    expect(JSON.parse((await backup.ok("failures")).stdout)).toContainEqual(
      expect.objectContaining({ verb: "backup", exitCode: Exit.KILLED }),
    );
    await backup.ok("check", "--all");
  });

  test("a table that is rewritten after the snapshot is not taken for an empty one", async () => {
    await server.query("CREATE TABLE rewritten AS SELECT g AS id FROM generate_series(1, 1000) g");
    // The dump waits for the table before it, whose lock goes when this one has been rewritten.
    const release = await server.hold("bulk");
    const finished = backup.verb("backup");
    await server.dumpWaits();
    await server.query("ALTER TABLE rewritten ALTER id TYPE bigint");
    await release();
    const { exitCode, stderr } = await finished;
    expect([exitCode, stderr]).toEqual([0, expect.stringMatching(/app: public\.rewritten\ndumping again/)]);
    const { databases } = JSON.parse((await backup.ok("show")).stdout);
    expect(databases.app.tables["public.rewritten"].rows).toBe(1000);
    await server.query("DROP TABLE rewritten");
  });

  test("a table that is emptied as soon as the dump lets go of it is dumped once", async () => {
    await server.query(
      "CREATE TABLE emptied AS SELECT g AS id FROM generate_series(1, 1000) g; CREATE TABLE locked_later ()",
    );
    const release = await server.hold("locked_later");
    const finished = backup.verb("backup");
    await server.dumpWaits();
    const emptying = server.query("SET application_name = 'emptying'; TRUNCATE emptied");
    const waiting =
      "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'emptying' AND wait_event_type = 'Lock'";
    await eventually(async () => expect(await server.query(waiting)).toBe("1"));
    await release();
    const { exitCode, stderr } = await finished;
    expect([exitCode, stderr]).toEqual([0, expect.not.stringMatching(/dumping again/)]);
    await emptying;
    const { databases } = JSON.parse((await backup.ok("show")).stdout);
    expect(databases.app.tables["public.emptied"].rows).toBe(1000);
    await server.query("DROP TABLE emptied, locked_later");
  });

  test("another job is running: the second says so", async () => {
    const container = await backup.start("holder", "bash", "-c", "exec 9>>/state/lock; flock 9; echo held; sleep 600");
    await BackupContainer.said(container, /held/);
    for (const verb of [["backup"], ["verify"], ["restore", "--prepare"]]) {
      const finished = await backup.verb(...verb);
      expect(finished.stderr).toMatch(/another job of t-faults is running/);
      expect(finished.exitCode).toBe(Exit.BUSY);
    }
    expect(await backup.metrics()).toMatchObject({ last_exit_code: Exit.BUSY, verify_last_exit_code: Exit.BUSY });
    await attempt("docker", ["rm", "--force", container]);
  });

  test("the repository's disk is full", async () => {
    const other = await BackupContainer.create("t-small", image, server.environment);
    const options = ["type=tmpfs", "device=tmpfs", "o=size=4m,uid=999,gid=999"].flatMap((option) => ["--opt", option]);
    await run("docker", ["volume", "create", ...options, other.volumes.repository]);
    // Something has to keep the memory there from one container to the next.
    const keeper = await other.start("keeper", "sleep", "600");
    const finished = await other.verb("backup");
    expect(finished.stderr).toMatch(/the repository \/repository is full/);
    expect(finished.exitCode).toBe(Exit.DISK_FULL);
    expect(await other.metrics()).toMatchObject({ last_exit_code: Exit.DISK_FULL });
    expect(await other.list()).toEqual([]);
    await attempt("docker", ["rm", "--force", keeper]);
    await other.remove();
  });

  test.each([
    ["manifest", "content", /cannot be read: its manifest/],
    ["manifest", "folder", /cannot be read: its manifest/],
    ["part-app.dump", "content", /cannot be restored: app/],
    ["part-app.dump", "folder", /cannot be restored: app/],
  ] as const)("a bit of %s has flipped, in its %s", async (tag, where, message) => {
    const copy = await BackupContainer.create("t-flipped", image, { ...server.environment, NAME: "t-faults" });
    // With what restic keeps of the repository beside it: a proof may not believe that.
    for (const volume of ["repository", "state"] as const) {
      const from = ["-v", `${backup.volumes[volume]}:/from:ro`, "-v", `${copy.volumes[volume]}:/to`];
      await run("docker", ["run", "--rm", "-u", "0", ...from, image, "cp", "-a", "/from/.", "/to/"]);
    }
    const newest = (await copy.list()).at(-1)?.run as string;
    await copy.ok("bash", "-c", damage(newest, tag, where));

    const checked = await copy.verb("check", "--all");
    expect(checked.stderr).toMatch(/is damaged/);
    expect(checked.exitCode).toBe(Exit.CHECK_FAILED);
    expect(await copy.metrics()).toMatchObject({ check_last_exit_code: Exit.CHECK_FAILED });
    const verified = await copy.verb("verify");
    expect(verified.stderr).toMatch(message);
    expect(verified.exitCode).toBe(Exit.VERIFICATION_FAILED);
    await copy.remove();
  });

  test("--at takes the newest backup not after that time, and says which; before the first there is none", async () => {
    const [first, ...others] = await backup.list();
    const next = others[0];
    const at = `@${(next?.time ?? 0) - 1}`;
    const { stderr } = await backup.ok("restore", "--at", at, "--to-file", "/state");
    expect(stderr).toContain(`taking the backup ${first?.run}`);
    const nothing = await backup.verb("restore", "--at", `@${(first?.time ?? 0) - 1}`, "--to-file", "/state");
    expect(nothing.stderr).toMatch(/no backup from .* or before; the oldest is from/);
    expect(nothing.exitCode).toBe(Exit.NOTHING_TO_RESTORE);
  });

  test("a Postgres dump is not restored into MySQL", async () => {
    const mysql = backup.with({ ENGINE: "mysql" }, await backupImage("mysql:8.4"));
    const finished = await mysql.verb("restore", "--to-database", "app_copy");
    expect(finished.stderr).toMatch(/the backup is of postgres, it cannot be restored into mysql/);
    expect(finished.exitCode).toBe(Exit.REFUSED);
  });

  test("indexes that were built with another version of a collation are said to be", async () => {
    const version = "coalesce(quote_literal(datcollversion), 'NULL') FROM pg_database WHERE datname = 'app'";
    const own = await server.query(`SELECT ${version}`, "postgres");
    await server.query("UPDATE pg_database SET datcollversion = '0.1' WHERE datname = 'app'", "postgres");
    const { stderr } = await backup.ok("backup");
    expect(stderr).toMatch(/searches may miss rows[\s\S]*\| the default collation of app: version 0.1, now /);
    expect(await backup.metrics()).toMatchObject({ collations_changed: 1 });
    await server.query(`UPDATE pg_database SET datcollversion = ${own} WHERE datname = 'app'`, "postgres");
    await backup.ok("backup");
    expect(await backup.metrics()).toMatchObject({ collations_changed: 0 });
  });

  test("more tables than a server has locks for, unless it is told otherwise, can be tried out", async () => {
    await server.query(`CREATE SCHEMA many AUTHORIZATION app; SET SESSION AUTHORIZATION app;
      DO $$ BEGIN FOR i IN 1..5000 LOOP EXECUTE format('CREATE TABLE many.t%s (id int)', i); END LOOP; END $$`);
    await backup.ok("backup");
    expect((await backup.ok("verify")).stderr).toMatch(/restores/);
  });

  test("a new database does not take the place of one that is there", async () => {
    const finished = await backup.verb("restore", "--to-database", "app");
    expect(finished.stderr).toMatch(/app exists already/);
    expect(finished.exitCode).toBe(Exit.REFUSED);
  });
});

/** Sessions, and what would keep the server's log from being removed. */
const LEFT = `SELECT (SELECT count(*) FROM pg_stat_activity WHERE usename = 'backup')
  + (SELECT count(*) FROM pg_replication_slots) + (SELECT count(*) FROM pg_prepared_xacts)`;
