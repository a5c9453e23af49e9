import { attempt, type Finished } from "../../../scripts/run";
import { BackupContainer, backupImage, Exit, ensureNetwork } from "./backup-container";
import { Postgres } from "./servers";

jest.setTimeout(600_000);

describe("two containers of one backup", () => {
  const server = new Postgres("portolan-t-backup-concurrent-postgres");
  let backup: BackupContainer;
  /** The one that is always there, and one that an operator starts beside it, with the same host name. */
  let running: string;
  let operator: BackupContainer;

  beforeAll(async () => {
    await ensureNetwork();
    backup = await BackupContainer.create("t-concurrent", await backupImage("postgres:18"), server.environment);
    await backup.makeRepository();
    await server.start();
    await backup.ok("backup");
    running = await backup.start("running", "run");
    operator = backup.beside(running);
  });

  afterAll(async () => {
    await backup?.remove();
    await server.remove();
  });

  test("while one makes a backup, the other reads, is told that it is busy, or waits and then does its own", async () => {
    const hostname = async (container: BackupContainer) => (await container.ok("hostname")).stdout;
    expect(await hostname(operator)).toBe(
      await attempt("docker", ["exec", running, "hostname"]).then(({ stdout }) => stdout),
    );

    const release = await server.hold("parent");
    const first = inRunning("backup");
    await server.dumpWaits();
    expect(await operator.list()).toHaveLength(1);
    for (const verb of [["backup"], ["restore", "--to-database", "app_copy"], ["restore", "--prepare"]]) {
      const busy = await operator.verb(...verb);
      expect(busy.stderr).toMatch(/another job of t-concurrent is running: backup since/);
      expect(busy.exitCode).toBe(Exit.BUSY);
    }

    const second = operator.verb("backup", "--wait", "300");
    const restore = operator.verb("restore", "--to-database", "app_copy", "--wait", "300");
    await release();
    for (const finished of [await first, await second, await restore]) {
      expect(finished.stderr).not.toMatch(/error|dropping/);
      expect(finished.exitCode).toBe(0);
    }
    expect(await backup.list()).toHaveLength(3);
    expect(await server.checksum("app_copy", "parent")).toBe(await server.checksum("app", "parent"));
  });

  test("while the operator's is at work, the scheduled backup waits", async () => {
    const release = await server.hold("parent");
    const operating = operator.verb("backup");
    await server.dumpWaits();
    expect((await inRunning("backup")).exitCode).toBe(Exit.BUSY);
    const waiting = inRunning("backup", "--wait", "300");
    await release();
    expect((await operating).exitCode).toBe(0);
    expect((await waiting).exitCode).toBe(0);
    await operator.ok("check", "--all");
  });

  function inRunning(...command: string[]): Promise<Finished> {
    return attempt("docker", ["exec", running, ...command]);
  }
});
