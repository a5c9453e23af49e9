import { attempt, run } from "../../../scripts/run";
import { BackupContainer, backupImage, Exit, ensureNetwork } from "./backup-container";

jest.setTimeout(300_000);

const DISK = "portolan-t-backup-t-room-disk";

/** Of 160 MiB, which the data, the repository and the state share. */
describe("a small disk", () => {
  let backup: BackupContainer;

  beforeAll(async () => {
    await ensureNetwork();
    backup = await BackupContainer.create("t-room", await backupImage("debian:13-slim"), {
      ...{ ENGINE: "files", FILES: "/disk/data", STATE: "/disk/state", REPOSITORY: "/disk/repository" },
    });
    await attempt("docker", ["volume", "rm", DISK]);
    const options = ["type=tmpfs", "device=tmpfs", "o=size=160m,mode=777"].flatMap((option) => ["--opt", option]);
    await run("docker", ["volume", "create", ...options, DISK]);
    backup = backup.mounting(`${DISK}:/disk`);
    // Something has to keep the memory there from one container to the next.
    await backup.start("keeper", "sleep", "infinity");
    await backup.ok("bash", "-c", "mkdir /disk/{data,state,repository,out}");
  });

  afterAll(async () => {
    await backup?.remove();
    await attempt("docker", ["volume", "rm", DISK]);
  });

  test("is not filled by a verification or a restore, on which the live database would stop", async () => {
    // It takes little of the repository, and much when it comes back.
    await backup.ok("bash", "-c", "head --bytes 64M /dev/zero >/disk/data/file && backup");
    const before = await used();
    for (const command of [
      ["verify"],
      ["restore", "--prepare"],
      ["restore", "--to-file", "/disk/out"],
      ["restore", "--to-database", "/disk/out/copy"],
    ]) {
      const refused = await backup.verb(...command);
      expect(refused.stderr).toMatch(/no room for .*: it takes 64 MiB and 32 MiB to spare, and \d+ MiB are left/);
      expect(refused.exitCode).toBe(Exit.DISK_FULL);
    }
    expect(await used()).toBeLessThan(before + 1024);
    expect(await backup.metrics()).toMatchObject({ last_exit_code: 0, verify_last_exit_code: Exit.DISK_FULL });
    await backup.ok("bash", "-c", "rm -r /disk/data/file /disk/state/restore");
  });

  test("that is full: no value is lost, and forget makes room", async () => {
    for (let i = 0; i < 4; i++)
      await backup.ok("bash", "-c", "head --bytes 8M /dev/urandom >/disk/data/file && backup");
    await backup.ok("bash", "-c", "head --bytes 1G /dev/zero >/disk/full || true");
    const full = await backup.verb("backup");
    expect(full.stderr).toMatch(/error: no room for a backup/);
    expect(full.exitCode).toBe(Exit.DISK_FULL);
    expect(await backup.metrics()).toMatchObject({ last_exit_code: Exit.DISK_FULL, snapshots: 5 });
    expect((await backup.ok("find", "/disk/state/values", "-type", "f", "-empty")).stdout).toBe("");

    const before = await used("/disk/repository");
    await backup.with({ KEEP: "last=1" }).ok("forget");
    expect(await backup.list()).toHaveLength(3);
    expect(await used("/disk/repository")).toBeLessThan(before - 7 * 1024);

    await backup.ok("rm", "/disk/full");
    await backup.ok("backup");
    expect(await backup.metrics()).toMatchObject({ last_exit_code: 0 });
  });

  /** KiB. */
  async function used(folder = "/disk"): Promise<number> {
    return Number.parseInt((await backup.ok("du", "--summarize", folder)).stdout, 10);
  }
});
