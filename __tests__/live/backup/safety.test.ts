import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { attempt } from "../../../scripts/run";
import { BackupContainer, backupImage, Exit, ensureNetwork } from "./backup-container";

jest.setTimeout(300_000);

const DAY = 86_400;

describe("a safety backup", () => {
  let backup: BackupContainer;

  beforeAll(async () => {
    await ensureNetwork();
    const settings = { ENGINE: "files", FILES: "/state/data", KEEP: "daily=1" };
    backup = await BackupContainer.create("t-safety", await backupImage("debian:13-slim"), settings);
    await backup.makeRepository();
    await backup.ok("bash", "-c", "mkdir /state/data && echo good >/state/data/file");
    await backup.ok("backup");
    await backup.ok("bash", "-c", "echo bad >/state/data/file");
    await backup.ok("backup", "--safety");
  });

  afterAll(() => backup?.remove());

  test("of bad data is not what comes back, unless it is named", async () => {
    const [good, bad] = await backup.list();
    expect([good?.safety, bad?.safety]).toEqual([false, true]);
    expect(await restored()).toBe("good");
    expect(await restored("--at", "tomorrow")).toBe("good");
    expect(await restored("--snapshot", bad?.run ?? "")).toBe("bad");
  });

  test("does not stand for its day, and goes after thirty days, as one before a release", async () => {
    // More than the three newest, which stay whatever the policy says.
    for (const days of [40, 35, 31, 29]) await pretendBackup(days, "safety");
    for (const days of [36, 28]) await pretendBackup(days, "release");
    for (const days of [4, 3, 2, 1]) await pretendBackup(days, "manifest");
    // On the day of many bad releases.
    for (let i = 0; i < 3; i++) await backup.ok("backup", "--before-release");
    // These only dump: somebody waits for them.
    expect(await backup.list()).toHaveLength(15);
    await backup.ok("forget");

    const kinds = (await backup.list()).map(({ time, safety, release }) => {
      return `${safety ? "safety" : release ? "release" : "nightly"} ${age(time)}`;
    });
    const today = ["nightly 0", "safety 0", "release 0", "release 0", "release 0"];
    expect(kinds).toEqual(["safety 29", "release 28", "nightly 2", "nightly 1", ...today]);
    expect(await restored()).toBe("bad");
  });

  test("does not wait for a verification, which begins again afterwards", async () => {
    const folder = mkdtempSync(join(tmpdir(), "portolan-restic-"));
    chmodSync(folder, 0o755);
    writeFileSync(join(folder, "restic"), ENDLESS_RESTORE, { mode: 0o755 });
    const verifying = backup
      .with({ VERIFY_SCHEDULE: "* * * * *" })
      .mounting(`${folder}/restic:/usr/local/sbin/restic:ro`);
    const running = await verifying.start("verifying", "run");
    await BackupContainer.said(running, /trying the backup/, 120);
    await backup.ok("backup", "--safety", "--wait", "120");
    await BackupContainer.said(running, /the verify steps aside/);
    await attempt("docker", ["rm", "--force", running]);
    rmSync(folder, { recursive: true });
    expect(await backup.metrics()).toMatchObject({ last_exit_code: 0, verify_last_exit_code: Exit.STOPPED });
    await backup.ok("verify");
  });

  test("and the exchange that it is made for have the lock for themselves, from before anybody is stopped", async () => {
    await backup.ok("restore", "--prepare");
    const holder = await backup.start("holder", "bash", "-c", "exec 9>>/state/lock; flock 9; echo held; sleep 600");
    await BackupContainer.said(holder, /held/);
    expect((await backup.verb("restore", "--reserve")).exitCode).toBe(Exit.BUSY);
    await attempt("docker", ["rm", "--force", holder]);

    await backup.ok("restore", "--reserve");
    for (const verb of ["backup", "verify", "check"]) {
      const busy = await backup.verb(verb);
      expect(busy.stderr).toMatch(/a restore in place of t-safety is about to exchange its data/);
      expect(busy.exitCode).toBe(Exit.BUSY);
    }
    await backup.ok("backup", "--safety");
    await backup.ok("restore", "--swap");
    await backup.ok("backup");
    await backup.ok("restore", "--drop-old");
  });

  test("of which a dump is missing is none", async () => {
    const whole = await backup.list();
    await backup.script("repository local forget \"$(runs local | jq --raw-output '.[-1].parts[0].id')\" >/dev/null");
    expect(await backup.list()).toEqual(whole.slice(0, -1));
  });

  test("of a release may be all there is, and the one that is proved stays", async () => {
    const settings = { ENGINE: "files", FILES: "/etc/hostname" };
    const releases = await BackupContainer.create("t-releases", await backupImage("debian:13-slim"), settings);
    await releases.makeRepository();
    const old = Math.floor(Date.now() / 1000) - 40 * DAY;
    for (const id of ["old", "proved"]) {
      await releases.script(`RUN_ID=${id}; store manifest.json "release,time-${old}" ${old} echo '{}' >/dev/null`);
    }
    await releases.script(`RUN_ID=proved; store verified.json "verified,time-${old}" ${old} echo '{}' >/dev/null`);
    for (let i = 0; i < 3; i++) await releases.ok("backup", "--before-release");
    await releases.ok("backup", "--before-release");
    const { stderr } = await releases.ok("forget");
    expect(stderr).not.toContain("jq");
    expect((await releases.list()).map(({ run }) => run)).toEqual([
      "proved",
      ...Array(4).fill(expect.stringMatching(/^\d{8}T/)),
    ]);
    expect(await releases.metrics()).toMatchObject({ snapshots: 5 });
    await releases.remove();
  });

  async function restored(...which: string[]): Promise<string> {
    const folder = `/state/restored-${which.join("-").replaceAll(":", "")}`;
    await backup.ok("bash", "-c", `rm -rf ${folder}; restore --to-database ${folder} "$@"`, "-", ...which);
    return (await backup.ok("cat", `${folder}/state/data/file`)).stdout.trim();
  }

  async function pretendBackup(days: number, kind: "manifest" | "safety" | "release"): Promise<void> {
    const time = Math.floor(Date.now() / 1000) - days * DAY;
    await backup.script(`RUN_ID=days-${kind}-${days}
      store manifest.json "${kind},time-${time}" ${time} echo '{}' >/dev/null`);
  }

  function age(time: number): number {
    return Math.round((Date.now() / 1000 - time) / DAY);
  }
});

/** Stands before restic in the search path: a verification takes as long as it is let. */
const ENDLESS_RESTORE = `#!/bin/bash
if [[ " $* " == *" restore "* ]]; then exec sleep infinity; fi
PATH=\${PATH//\\/usr\\/local\\/sbin:/} exec restic "$@"
`;
