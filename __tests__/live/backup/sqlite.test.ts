import { run } from "../../../scripts/run";
import { BackupContainer, backupImage, Exit, ensureNetwork } from "./backup-container";
import { data } from "./servers";

jest.setTimeout(600_000);

const VOLUME = "portolan-t-backup-t-sqlite-data";
const SETTINGS = { ENGINE: "sqlite", SQLITE_FILES: "/data/app.db" };

describe("SQLite", () => {
  let image: string;
  let backup: BackupContainer;

  beforeAll(async () => {
    await ensureNetwork();
    image = await backupImage("debian:13-slim");
    await run("docker", ["volume", "rm", "--force", VOLUME]);
    backup = await BackupContainer.create("t-sqlite", image, SETTINGS, [`${VOLUME}:/data`]);
    await run("docker", ["run", "--rm", "-u", "0", "-v", `${VOLUME}:/data`, image, "chown", "999:999", "/data"]);
    await sqlite(data("sqlite"));
  });

  afterAll(async () => {
    await backup?.remove();
    await run("docker", ["volume", "rm", "--force", VOLUME]);
  });

  test("what was backed up under write load comes back identical, table by table", async () => {
    const writer = await backup.start("writer", "bash", "-c", WRITER);
    await backup.ok("backup");
    await run("docker", ["rm", "--force", writer]);
    await backup.ok("restore", "--to-database", "/data/copy.db");

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
    await backup.ok("restore", "--prepare");
    const writer = await backup.start("writer", "bash", "-c", HOLDER);
    await BackupContainer.said(writer, /holding/);
    const refused = await backup.verb("restore", "--swap");
    expect(refused.stderr).toMatch(/is in use/);
    expect(refused.exitCode).toBe(Exit.REFUSED);
    await run("docker", ["rm", "--force", writer]);

    const { old } = JSON.parse((await backup.ok("restore", "--resume")).stdout);
    expect(await sqlite("SELECT count(*) FROM t")).toBe("7");
    expect(await sqlite("SELECT count(*) FROM t", old.replace("/data/", ""))).toBe("0");
    await backup.ok("restore", "--drop-old");
    expect((await backup.ok("ls", "/data")).stdout).not.toMatch(/before/);
  });

  test("a file that is not there is no empty backup", async () => {
    const before = await backup.list();
    const missing = await backup.with({ SQLITE_FILES: "/data/none.db" }).verb("backup");
    expect(missing.exitCode).toBe(Exit.DUMP_FAILED);
    expect(await backup.list()).toEqual(before);
  });

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

/** A transaction that stays open. */
const HOLDER = `(echo "BEGIN IMMEDIATE; SELECT 'holding';"; sleep 600) | stdbuf -oL sqlite3 /data/app.db`;
