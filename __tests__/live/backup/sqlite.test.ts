import { run } from "../../../scripts/run";
import { eventually } from "../eventually";
import { BackupContainer, backupImage, Exit, ensureNetwork } from "./backup-container";
import { data } from "./servers";

jest.setTimeout(600_000);

const VOLUME = "portolan-t-backup-t-sqlite-data";
const OWNER = "10001:10001";
const SETTINGS = { ENGINE: "sqlite", SQLITE_FILES: "/data/app.db" };

describe("SQLite", () => {
  let image: string;
  /** Reads the data; what writes to it is the application, and a restore. */
  let backup: BackupContainer;
  let restoring: BackupContainer;

  beforeAll(async () => {
    await ensureNetwork();
    image = await backupImage("debian:13-slim", OWNER);
    await run("docker", ["volume", "rm", "--force", VOLUME]);
    backup = await BackupContainer.create("t-sqlite", image, SETTINGS, [`${VOLUME}:/data:ro`]);
    restoring = backup.writable();
    await run("docker", ["run", "--rm", "-u", "0", "-v", `${VOLUME}:/data`, image, "chown", OWNER, "/data"]);
    await backup.makeRepository();
    await sqlite(data("sqlite"));
  });

  afterAll(async () => {
    await backup?.remove();
    await run("docker", ["volume", "rm", "--force", VOLUME]);
  });

  test("what was backed up under write load comes back identical, table by table", async () => {
    const writer = await restoring.start("writer", "bash", "-c", WRITER);
    await eventually(async () => expect(Number(await sqlite("SELECT count(*) FROM debit"))).toBeGreaterThan(0));
    await backup.ok("backup");
    await run("docker", ["rm", "--force", writer]);
    await restoring.ok("restore", "--to-database", "/data/copy.db");

    for (const table of ["t", "w", '"odd ""name"', "words", "words_data"]) {
      const rows = (file: string) => sqlite(`.mode quote\nSELECT * FROM ${table};`, file);
      expect([table, await rows("copy.db")]).toEqual([table, await rows("app.db")]);
    }
    const definitions = "SELECT * FROM sqlite_master ORDER BY name; PRAGMA user_version; PRAGMA integrity_check;";
    expect(await sqlite(definitions, "copy.db")).toBe(await sqlite(definitions));

    const written = Number(await sqlite("SELECT count(*) FROM debit"));
    const rows = Number(await sqlite("SELECT count(*) FROM debit", "copy.db"));
    const pairs = "SELECT count(*) FROM debit JOIN credit USING (id) WHERE credit.amount = -debit.amount";
    expect(Number(await sqlite(pairs, "copy.db"))).toBe(rows);
    expect(Number(await sqlite("SELECT max(id) FROM credit", "copy.db"))).toBe(rows);
    console.info(`sqlite: tables identical, ${rows} of ${written} busy rows in the backup`);
    expect(rows).toBeLessThan(written);
  });

  test("the backup is verified", async () => {
    await backup.ok("verify");
    expect(await backup.metrics()).toMatchObject({ verify_last_exit_code: 0 });
  });

  test("in place: the old file stays until it is dropped, and a file in use is not replaced", async () => {
    await sqlite("DELETE FROM t");
    await restoring.ok("restore", "--prepare");
    const writer = await restoring.start("writer", "bash", "-c", HOLDER);
    await BackupContainer.said(writer, /holding/);
    const refused = await restoring.verb("restore", "--swap");
    expect(refused.stderr).toMatch(/is in use/);
    expect(refused.exitCode).toBe(Exit.REFUSED);
    await run("docker", ["rm", "--force", writer]);

    const { old } = JSON.parse((await restoring.ok("restore", "--swap")).stdout);
    expect(await sqlite("SELECT count(*) FROM t")).toBe("7");
    expect(await sqlite("SELECT count(*) FROM t", old.replace("/data/", ""))).toBe("0");
    await restoring.ok("restore", "--drop-old");
    expect((await backup.ok("ls", "/data")).stdout).not.toMatch(/before/);
  });

  test("in place of a file that is gone: what its log still has does not get into the restored one", async () => {
    await restoring.ok("restore", "--prepare");
    await restoring.ok("bash", "-c", `${LEFT_LOG}; rm /data/app.db`);
    expect((await backup.ok("ls", "/data")).stdout).toContain("app.db-wal");
    const { old } = JSON.parse((await restoring.ok("restore", "--swap")).stdout);

    expect(await sqlite("SELECT count(*) FROM t")).toBe("7");
    const files = (await backup.ok("ls", "/data")).stdout;
    expect(files).toContain(`${old.replace("/data/", "")}-wal`);
    expect(files.split("\n")).not.toContain("app.db-wal");
    await restoring.ok("restore", "--drop-old");
  });

  test("a database that nobody has open, in a volume that is only read", async () => {
    await sqlite("UPDATE w SET b = 'closed'");
    expect((await backup.ok("ls", "/data")).stdout).not.toMatch(/-wal|-shm/);
    expect(await backedUp("SELECT b FROM w")).toBe("closed");
  });

  test.each([
    ["with", ""],
    ["without", "rm /data/app.db-shm"],
  ])("what a killed application left in its log is in the backup, %s the index of the log", async (_, afterwards) => {
    const killed = `UPDATE w SET b = 'logged'; SELECT 'holding'; SELECT count(*) FROM generate_series(1, 1000000000000);`;
    const writer = await restoring.start("writer", "bash", "-c", `stdbuf -oL sqlite3 /data/app.db "${killed}"`);
    await BackupContainer.said(writer, /holding/);
    await run("docker", ["rm", "--force", writer]);
    await restoring.ok("bash", "-c", `ls /data/app.db-wal && ${afterwards || ":"}`);
    expect(await backedUp("SELECT b FROM w")).toBe("logged");
    await sqlite("UPDATE w SET b = 'restarted'");
  });

  test("files that change while they are copied are no copy", async () => {
    const { stdout } = await restoring.script(`
      cp() { command cp "$@"; sqlite3 /data/app.db "UPDATE w SET b = 'meanwhile'"; }
      touch -d '1 hour ago' /data/app.db
      copy_at_rest /data/app.db /state/copy.db || echo changed
      unset -f cp
      touch -d '1 hour' /data/app.db
      copy_at_rest /data/app.db /state/copy.db || echo too fresh
      touch -d '1 hour ago' /data/app.db
      copy_at_rest /data/app.db /state/copy.db
      sqlite3 /state/copy.db 'SELECT b FROM w'`);
    expect(stdout).toBe("changed\ntoo fresh\nmeanwhile\n");
  });

  test("its metrics stand beside those of a backup with another owner, for everyone to read", async () => {
    const settings = { ENGINE: "files", FILES: "/etc/apt" };
    const other = await BackupContainer.create("t-sqlite-other", await backupImage("debian:13-slim"), settings);
    const sharing = other.sharingMetricsOf(backup);
    await sharing.ok("metrics");
    await backup.ok("metrics");
    const { stdout } = await sharing.ok(
      "stat",
      "--format",
      "%u %a %n",
      "/metrics/t-sqlite.prom",
      "/metrics/t-sqlite-other.prom",
    );
    expect(stdout).toBe("10001 644 /metrics/t-sqlite.prom\n999 644 /metrics/t-sqlite-other.prom\n");
    await other.remove();
  });

  test("a file that is not there is no empty backup", async () => {
    const before = await backup.list();
    const missing = await backup.with({ SQLITE_FILES: "/data/none.db" }).verb("backup");
    expect(missing.exitCode).toBe(Exit.DUMP_FAILED);
    expect(await backup.list()).toEqual(before);
  });

  /** What a query returns from a new backup, read from its dump. */
  async function backedUp(sql: string): Promise<string> {
    await backup.ok("backup");
    const dump = `mkdir -p /state/out && restore --to-file /state/out && sqlite3 /state/out/data__app.db "${sql}"`;
    return (await backup.ok("bash", "-c", dump)).stdout.trim();
  }

  async function sqlite(sql: string, file = "app.db"): Promise<string> {
    const container = [
      "run",
      "--rm",
      "-i",
      "-v",
      `${VOLUME}:/data`,
      image,
      "sqlite3",
      "-batch",
      "-bail",
      `/data/${file}`,
    ];
    return (await run("docker", container, { input: sql })).stdout.trim();
  }
});

/** Pairs of rows, each pair in one transaction, without an end. */
const WRITER = `
seq 1 100000000 | awk '{ print "BEGIN; INSERT INTO debit VALUES (" $1 ", -" $1 "); INSERT INTO credit VALUES (" $1 ", " $1 "); COMMIT;" }' |
  sqlite3 -cmd '.timeout 60000' /data/app.db`;

/** Ends without a goodbye, so that its last write is in the log alone. */
const LEFT_LOG = `sqlite3 /data/app.db 'DELETE FROM t' '.shell kill -KILL $PPID' >/dev/null 2>&1 || true`;

/** A transaction that stays open. */
const HOLDER = `(echo "BEGIN IMMEDIATE; SELECT 'holding';"; sleep 600) | stdbuf -oL sqlite3 /data/app.db`;
