import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { attempt, run } from "../../../scripts/run";
import { BackupContainer, backupImage, Exit, ensureNetwork, PASSWORDS } from "./backup-container";
import { Mysql, Postgres, type Server } from "./servers";

jest.setTimeout(600_000);

beforeAll(ensureNetwork);

/** Tables that are written to while the backup runs. */
const BUSY = /debit|credit/;

const servers: readonly Server[] = [
  new Postgres("portolan-t-backup-postgres"),
  new Mysql("portolan-t-backup-mysql", "mysql:8.4", "mysql"),
  new Mysql("portolan-t-backup-mariadb", "mariadb:11.8", "mariadb"),
];

describe.each(servers.map((server) => [server.engine, server] as const))("%s", (engine, server) => {
  let backup: BackupContainer;
  const folder = mkdtempSync(join(tmpdir(), "portolan-dump-"));

  beforeAll(async () => {
    chmodSync(folder, 0o755);
    writeFileSync(join(folder, server.dump), "", { mode: 0o755 });
    backup = await BackupContainer.create(`t-${engine}`, await backupImage(server.base), server.environment);
    await backup.makeRepository();
    await server.start();
  });

  afterAll(async () => {
    await server.remove();
    await backup?.remove();
    rmSync(folder, { recursive: true });
  });

  test("what was backed up under write load comes back identical, table by table", async () => {
    const stop = server.writeLoad();
    const made = await backup.ok("backup");
    const written = await stop();
    await backup.ok("restore", "--to-database", "app_copy");

    const tables = await server.tables();
    for (const table of tables.filter((name) => !BUSY.test(name))) {
      expect([table, await server.checksum("app_copy", table)]).toEqual([table, await server.checksum("app", table)]);
    }
    expect(await server.definitions("app_copy")).toBe(await server.definitions("app"));

    // The busy tables are those of one moment: every transaction whole, none missing before the last.
    const rows = Number(await server.query("SELECT count(*) FROM debit", "app_copy"));
    const pairs = "SELECT count(*) FROM debit JOIN credit ON credit.id = debit.id AND credit.amount = -debit.amount";
    expect(Number(await server.query(pairs, "app_copy"))).toBe(rows);
    expect(Number(await server.query("SELECT count(*) FROM credit", "app_copy"))).toBe(rows);
    expect(Number(await server.query("SELECT coalesce(max(id), 0) FROM debit", "app_copy"))).toBe(rows);
    expect(rows).toBeLessThanOrEqual(written);
    console.info(`${engine}: ${tables.length} tables identical, ${rows} of ${written} busy rows in the backup`);
    expect(made.stderr).not.toMatch(/canary/);
  });

  test("the backup restores into a scratch server, and nothing of that stays", async () => {
    const { stderr } = await backup.ok("verify");
    expect(stderr).toMatch(/restores: \d+ rows compared in \d+ seconds/);
    expect((await backup.list()).at(-1)?.verified).not.toBeNull();
    expect(
      (await backup.ok("find", "/state/scratch", "/tmp", "-mindepth", "1").catch(() => ({ stdout: "" }))).stdout,
    ).toBe("");
    expect(await backup.metrics()).toMatchObject({ last_exit_code: 0, verify_last_exit_code: 0, snapshots: 1 });
  });

  test.each([
    ["nothing at all", "exit 0"],
    ["half of it", `PATH=\${PATH//\\/usr\\/local\\/sbin:/} ${server.dump} "$@" | head --bytes=20000`],
  ])("a dump program that writes %s and says that all is well makes no backup", async (_, script) => {
    const before = await backup.list();
    const program = join(folder, server.dump);
    writeFileSync(program, `#!/bin/bash\n${script}\n`);
    const finished = await backup.mounting(`${program}:/usr/local/sbin/${server.dump}:ro`).verb("backup");
    expect(finished.exitCode).toBe(Exit.DUMP_FAILED);
    expect(await backup.metrics()).toMatchObject({ last_exit_code: Exit.DUMP_FAILED, snapshots: before.length });
    expect(await backup.list()).toEqual(before);
  });

  test("the role it uses cannot write", async () => {
    const target = engine === "postgres" ? "parent" : "app.parent";
    await expect(server.query(`DELETE FROM ${target}`, "app", "backup")).rejects.toThrow(/denied/);
    await expect(server.query(`UPDATE ${target} SET t = 'x'`, "app", "backup")).rejects.toThrow(/denied/);
  });

  test("no secret is on a command line or in the container's description", async () => {
    const container = await backup.start("sleeper", "sleep", "600");
    const busy = attempt("docker", ["exec", container, "backup"]);
    let seen = "";
    let running = true;
    void busy.then(() => (running = false));
    while (running) seen += (await run("docker", ["top", container, "-eo", "pid,args"])).stdout;
    const inspected = (await run("docker", ["inspect", container])).stdout;
    await attempt("docker", ["rm", "--force", container]);

    expect((await busy).exitCode).toBe(0);
    expect(seen).toMatch(/dump/);
    for (const secret of Object.values(PASSWORDS)) expect(seen + inspected).not.toContain(secret);
  });
});
