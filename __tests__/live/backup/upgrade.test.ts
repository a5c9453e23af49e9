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
  let image: string;
  let backup: BackupContainer;

  beforeAll(async () => {
    await ensureNetwork();
    if (REGISTRY === LOCAL_REGISTRY) await ensureStandIns(() => undefined, EXTRA);
    image = await backupImage("postgres:15");
    backup = await BackupContainer.create("t-upgrade", image, old.environment);
    await old.start();
  });

  afterAll(async () => {
    await old.remove();
    await recent.remove();
    await backup?.remove();
  });

  test("an older pg_dump makes no backup of a newer server; the new image restores what the old one made", async () => {
    await backup.ok("backup");
    await backup.ok("verify");
    await recent.start();
    const before = await backup.list();
    const mismatch = await backup.with(recent.environment).verb("backup");
    expect(mismatch.stderr).toMatch(/server version mismatch/);
    expect(mismatch.exitCode).toBe(Exit.DUMP_FAILED);
    expect(await backup.list()).toEqual(before);

    const upgraded = backup.with(recent.environment, await backupImage("postgres:18"));
    await upgraded.ok("restore", "--to-database", "app_copy");
    await upgraded.ok("backup");
    await upgraded.ok("verify");
    expect(await upgraded.list()).toHaveLength(2);
    for (const table of await recent.tables()) {
      const sum = await old.checksum("app", table);
      expect([table, await recent.checksum("app_copy", table)]).toEqual([table, sum]);
    }
  });
});
