import { attempt, run } from "../../../scripts/run";
import { eventually } from "../eventually";
import { BackupContainer, backupImage, Exit, ensureNetwork, NETWORK, official } from "./backup-container";

jest.setTimeout(600_000);

const REST = "portolan-t-backup-proof-rest";
const PACKS = "find /data/t-proof/data -type f";
const EVERY_MINUTE = { CHECK_SCHEDULE: "* * * * *", VERIFY_SCHEDULE: "* * * * *" };

describe("the repository elsewhere", () => {
  let backup: BackupContainer;

  beforeAll(async () => {
    await ensureNetwork();
    await attempt("docker", ["rm", "--force", "--volumes", REST]);
    const options = ["--detach", "--name", REST, "--network", NETWORK, "--env", "DISABLE_AUTHENTICATION=1"];
    await run("docker", ["run", ...options, official("restic/rest-server:0.14.0")]);
    backup = await BackupContainer.create("t-proof", await backupImage("debian:13-slim"), {
      ...{ ENGINE: "files", FILES: "/state/data", OFFSITE_REPOSITORY: `rest:http://${REST}:8000/t-proof` },
    });
    for (const content of ["old", "new"]) {
      await backup.ok("bash", "-c", `mkdir -p /state/data; echo ${content} >/state/data/file; backup`);
    }
  });

  afterAll(async () => {
    await backup?.remove();
    await attempt("docker", ["rm", "--force", "--volumes", REST]);
  });

  test("is checked and proved by turns with the one here, and each of its packs is read", async () => {
    const places: (RegExpExecArray | null)[] = [];
    for (const _ of [1, 2, 3, 4]) {
      const { stderr } = await backup.ok("check", "--in-turn");
      places.push(/repository (\/repository|rest:).* is whole \(data read: (\d+\/\d+)\)/.exec(stderr));
    }
    expect(places.map((said) => said?.slice(1))).toEqual([
      ["/repository", "1/15"],
      ["rest:", "1/15"],
      ["/repository", "2/15"],
      ["rest:", "2/15"],
    ]);
    await backup.ok("verify", "--in-turn");
    const here = await backup.metrics();
    expect(here).not.toHaveProperty("offsite_verified_timestamp_seconds");
    await backup.ok("verify", "--in-turn");
    expect(await backup.metrics()).toMatchObject({
      verified_timestamp_seconds: here.verified_timestamp_seconds,
      check_last_exit_code: 0,
      offsite_check_last_exit_code: 0,
      offsite_verify_last_exit_code: 0,
      offsite_verified_timestamp_seconds: expect.any(Number),
      offsite_verified_backup_timestamp_seconds: here.verified_backup_timestamp_seconds,
    });
  });

  test("was taken away: the metrics do not speak of it any more", async () => {
    const elsewhere = async () => Object.keys(await backup.metrics()).filter((name) => name.startsWith("offsite_"));
    expect(await elsewhere()).toContain("offsite_last_success_timestamp_seconds");
    await backup.with({ OFFSITE_REPOSITORY: "" }).ok("metrics");
    expect(await elsewhere()).toEqual([]);
    await backup.ok("metrics");
  });

  test("has lost an old pack: that is found on schedule, although the newest backup restores", async () => {
    const { stdout } = await run("docker", ["exec", REST, "sh", "-c", `${PACKS} | xargs ls -tr | head -n 1`]);
    await run("docker", ["exec", REST, "rm", stdout.trim()]);
    const container = await backup.with(EVERY_MINUTE).start("schedule", "run");
    await eventually(async () => {
      expect(await backup.metrics()).toMatchObject({
        check_last_exit_code: 0,
        offsite_check_last_exit_code: Exit.CHECK_FAILED,
        offsite_verify_last_exit_code: 0,
      });
    }, 240);
    const { stderr } = await run("docker", ["logs", container]);
    expect(stderr).toMatch(/error: the repository rest:\S+ is damaged/);
  });
});
