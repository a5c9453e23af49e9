import { run } from "../../../scripts/run";
import { eventually } from "../eventually";
import { BackupContainer, backupImage, Exit, ensureNetwork } from "./backup-container";

jest.setTimeout(300_000);

const RUNNING = "portolan-t-backup-t-schedule-schedule";
const STOPPED = "portolan-t-backup-t-stopped-stopped";

describe("the schedule", () => {
  let backup: BackupContainer;
  let stopped: BackupContainer;
  let stop: Promise<unknown>;

  beforeAll(async () => {
    await ensureNetwork();
    const image = await backupImage("debian:13-slim");
    backup = await BackupContainer.create("t-schedule", image, {
      ENGINE: "files",
      FILES: "/etc/apt",
      TZ: "Europe/Paris",
    });
    stopped = await BackupContainer.create("t-stopped", image, {
      ENGINE: "files",
      FILES: "/usr",
      SCHEDULE: "* * * * *",
    });
    await stopped.start("stopped", "run");
    // Whenever its minute begins.
    stop = BackupContainer.said(STOPPED, /dumping files/, 120).then(() =>
      run("docker", ["stop", "--time", "10", STOPPED]),
    );
    await backup.with({ SCHEDULE: "* * * * *" }).start("schedule", "run");
  });

  afterAll(async () => {
    await backup?.remove();
    await stopped?.remove();
  });

  test.each([
    ["SCHEDULE", "61 3 * * *", /not a time a schedule can have: "61 3/],
    ["VERIFY_SCHEDULE", "weekly", /not a time a schedule can have/],
    ["SCHEDULE", "0 3 * * * ; touch /state/x", /not a time a schedule can have/],
    ["TZ", "Europe/Atlantis", /not a time zone/],
    ["REPOSITORY", "gs:bucket", /unknown scheme.*s3:/],
    ["OFFSITE_REPOSITORY", "ftp://example.org/x", /unknown scheme/],
    ["OFFSITE_REPOSITORY", "rest:https://me:canary@example.org/", /has a password in its address/],
    ["ENGINE", "oracle", /ENGINE must be postgres, mysql/],
    ["NAME", "My DB", /NAME must be made of/],
    ["FILES", "", /FILES is not set/],
  ])("%s=%p is refused when the container starts", async (name, value, message) => {
    const finished = await backup.with({ [name]: value }).verb("run");
    expect(finished.stderr).toMatch(message);
    expect(finished.stderr).not.toContain("canary");
    expect(finished.exitCode).toBe(Exit.BAD_CONFIGURATION);
  });

  test("a container that is stopped ends the backup it was making, and leaves nothing to clean up", async () => {
    await stop;
    expect((await run("docker", ["inspect", "--format", "{{.State.ExitCode}}", STOPPED])).stdout).toBe("0\n");
    expect(await stopped.metrics()).toMatchObject({ last_exit_code: Exit.STOPPED });
    expect((await stopped.ok("bash", "-c", "ls /repository/locks")).stdout).toBe("");
    expect(await stopped.list()).toEqual([]);
    const { stderr } = await stopped.ok("backup");
    expect(stderr).not.toMatch(/dropping/);
    expect(await stopped.metrics()).toMatchObject({ last_exit_code: 0, snapshots: 1 });
  });

  test("fires at its time in a running container, with the environment it needs, and what it knows survives a restart", async () => {
    await BackupContainer.said(RUNNING, /backed up t-schedule as/, 120);
    await eventually(async () => expect(await backup.metrics()).toMatchObject({ last_exit_code: 0 }));
    await run("docker", ["stop", "--time", "60", RUNNING]);
    const made = await backup.metrics();

    await backup.ok("bash", "-c", "rm /metrics/*");
    await backup.start("schedule", "run");
    await eventually(async () => {
      expect(await backup.metrics()).toMatchObject({
        last_success_timestamp_seconds: made.last_success_timestamp_seconds,
      });
    });
  });
});
