import { EXTRA } from "../../../scripts/setup/images/catalogue";
import { ensureStandIns } from "../../../scripts/setup/images/images";
import { LOCAL_REGISTRY } from "../../../scripts/setup/images/registry";
import { REGISTRY } from "../deployment";
import { BackupContainer, backupImage, Exit, ensureNetwork } from "./backup-container";
import { Postgres } from "./servers";

jest.setTimeout(600_000);

describe("a server that moves up a major version", () => {
  const old = new Postgres("portolan-t-backup-upgrade-15", "postgres:15");
  const recent = new Postgres("portolan-t-backup-upgrade-18");
  /** In the image of the old server, and in that of the new one. */
  let backup: BackupContainer;
  let upgraded: BackupContainer;

  beforeAll(async () => {
    await ensureNetwork();
    if (REGISTRY === LOCAL_REGISTRY) await ensureStandIns(() => undefined, EXTRA);
    backup = await BackupContainer.create("t-upgrade", await backupImage("postgres:15"), old.environment);
    await backup.makeRepository();
    upgraded = backup.with(recent.environment, await backupImage("postgres:18"));
    await Promise.all([old.start(), recent.start()]);
    await backup.ok("backup");
    await backup.ok("verify");
    await backup.ok("backup");
  });

  afterAll(async () => {
    await old.remove();
    await recent.remove();
    await backup?.remove();
  });

  test("an older pg_dump makes no backup of a newer server", async () => {
    const before = await backup.list();
    const mismatch = await backup.with(recent.environment).verb("backup");
    expect(mismatch.stderr).toMatch(/server version mismatch/);
    expect(mismatch.exitCode).toBe(Exit.DUMP_FAILED);
    expect(await backup.list()).toEqual(before);
  });

  test("the new image restores what the old one made, whose definitions may be worded differently", async () => {
    const { stderr } = await upgraded.ok("restore", "--to-database", "app_copy");
    expect(stderr).toMatch(/made with pg_dump \(PostgreSQL\) 15.*: its rows are compared/);
    for (const table of await recent.tables()) {
      const sum = await old.checksum("app", table);
      expect([table, await recent.checksum("app_copy", table)]).toEqual([table, sum]);
    }
  });

  test("retention lets the right ones go: neither the newest nor the one that is proved", async () => {
    const [proved, other] = await backup.list();
    for (const _ of [1, 2, 3]) await upgraded.with({ KEEP: "last=3" }).ok("backup");
    const left = (await upgraded.list()).map(({ run }) => run);
    expect(left).toHaveLength(4);
    expect(left[0]).toBe(proved?.run);
    expect(left).not.toContain(other?.run);
    expect((await upgraded.ok("verify")).stderr).not.toMatch(/worded differently/);
  });

  test("an older server does not take a newer dump, and nothing of it stays", async () => {
    const finished = await backup.verb("restore", "--to-database", "app_newer");
    expect(finished.stderr).toMatch(/unsupported version/);
    expect(finished.exitCode).toBe(Exit.RESTORE_FAILED);
    expect(await old.query("SELECT count(*) FROM pg_database WHERE datname = 'app_newer'")).toBe("0");
  });
});
