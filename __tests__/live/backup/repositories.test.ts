import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { attempt, run } from "../../../scripts/run";
import { eventually } from "../eventually";
import { BackupContainer, backupImage, Exit, ensureNetwork, NETWORK, official } from "./backup-container";
import { rcloneImage } from "./s3-server";

jest.setTimeout(900_000);

const S3 = "portolan-t-backup-s3";
const REST = "portolan-t-backup-rest";
const SFTP = "portolan-t-backup-sftp";
const KEY = "canary-access-key-12ab";
const SECRET = `canary-${randomBytes(16).toString("hex")}`;

describe("repositories elsewhere", () => {
  let image: string;
  let backup: BackupContainer;

  beforeAll(async () => {
    await ensureNetwork();
    image = await backupImage("debian:13-slim");
    await attempt("docker", ["rm", "--force", "--volumes", S3, REST, SFTP]);
    const s3 = ["serve", "s3", "--addr", ":9000", "--auth-key", `${KEY},${SECRET}`, "/data"];
    await serve(S3, ["--entrypoint", "sh"], await rcloneImage(), [
      "-c",
      `mkdir -p /data/backups; exec rclone ${s3.join(" ")}`,
    ]);
    await serve(REST, ["--env", "DISABLE_AUTHENTICATION=1"], official("restic/rest-server:0.14.0"), []);
    backup = await BackupContainer.create("t-s3", image, {
      ENGINE: "files",
      FILES: "/etc/apt",
      REPOSITORY: `s3:http://${S3}:9000/backups/t-s3`,
      OFFSITE_REPOSITORY: `rest:http://${REST}:8000/t-s3`,
      REACH_SECONDS: "10",
    });
    backup.secret("aws-access-key-id", KEY);
    backup.secret("aws-secret-access-key", SECRET);
  });

  afterAll(async () => {
    await attempt("docker", ["rm", "--force", "--volumes", S3, REST, SFTP]);
    await backup?.remove();
  });

  test("S3 and a copy on a REST server: backed up, verified, and restored from either", async () => {
    await eventually(async () => void (await backup.ok("backup")));
    await backup.ok("verify");
    await backup.ok("verify", "--offsite");
    const [here, offsite] = [await backup.list(), await backup.list("--offsite")];
    expect(offsite.map(({ run }) => run)).toEqual(here.map(({ run }) => run));
    const restored = await backup.ok(
      "bash",
      "-c",
      "mkdir /state/out && restore --offsite --to-file /state/out && ls -R /state/out/etc/apt",
    );
    expect(restored.stdout).toMatch(/apt.conf.d/);
    expect(await backup.metrics()).toMatchObject({ offsite_last_exit_code: 0, last_exit_code: 0 });
  });

  test("the offsite server is down for a day and comes back: the backups are made, and then copied", async () => {
    const before = await backup.metrics();
    await run("docker", ["stop", "--time", "1", REST]);
    for (const _ of [1, 2]) {
      const finished = await backup.verb("backup");
      expect(finished.stderr).toMatch(/the backup is made, but it is not offsite/);
      expect(finished.exitCode).toBe(Exit.OFFSITE_FAILED);
    }
    const during = await backup.metrics();
    expect(during.offsite_last_success_timestamp_seconds).toBe(before.offsite_last_success_timestamp_seconds);
    expect(during.last_success_timestamp_seconds).toBeGreaterThan(before.last_success_timestamp_seconds ?? 0);
    expect(during.offsite_last_exit_code).not.toBe(0);

    await run("docker", ["start", REST]);
    await backup.ok("offsite");
    expect((await backup.list("--offsite")).map(({ run }) => run)).toEqual((await backup.list()).map(({ run }) => run));
    expect(await backup.metrics()).toMatchObject({ offsite_last_exit_code: 0 });
  });

  test("a new machine has only the offsite repository and its password", async () => {
    const machine = await BackupContainer.create("t-s3-new", image, {
      ...{ ENGINE: "files", FILES: "/etc/apt", NAME: "t-s3", REPOSITORY: `rest:http://${REST}:8000/t-s3` },
    });
    machine.secret("repository-password", "canary-offsite-77ab");
    expect(await machine.list()).toHaveLength(3);
    await machine.ok("bash", "-c", "mkdir /state/out && restore --to-file /state/out");
    await machine.remove();
  });

  test("two SFTP servers, each with a key of its own, and known by theirs", async () => {
    const keys = mkdtempSync(join(tmpdir(), "portolan-sftp-"));
    for (const name of ["near", "far", "near-host", "far-host"]) {
      await run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", join(keys, name)]);
    }
    const [near, far] = [new SftpServer(keys, "near", 2022), new SftpServer(keys, "far", 2023)];
    const mount = ["--volume", `${keys}:/keys:ro`, "--entrypoint", "sh"];
    await serve(SFTP, mount, await rcloneImage(), ["-c", `mkdir /near /far; ${near.command} & exec ${far.command}`]);

    const sftp = await BackupContainer.create("t-sftp", image, {
      ...{ ENGINE: "files", FILES: "/etc/apt", REPOSITORY: near.repository, OFFSITE_REPOSITORY: far.repository },
    });
    sftp.secret("ssh-key", near.key);
    sftp.secret("ssh-known-hosts", near.knownHosts(near));
    sftp.secret("offsite-ssh-key", far.key);
    sftp.secret("offsite-ssh-known-hosts", far.knownHosts(near));
    await eventually(async () => expect((await sftp.verb("backup")).exitCode).toBe(Exit.OFFSITE_FAILED));
    sftp.secret("offsite-ssh-known-hosts", far.knownHosts(far));
    await sftp.ok("backup");
    await sftp.ok("verify", "--offsite");
    expect((await sftp.list("--offsite")).map(({ run }) => run)).toEqual((await sftp.list()).map(({ run }) => run));
    await sftp.remove();
    rmSync(keys, { recursive: true });
  });

  test("S3 refuses the key: said without the key", async () => {
    backup.secret("aws-secret-access-key", "canary-wrong");
    const finished = await backup.verb("backup");
    backup.secret("aws-secret-access-key", SECRET);
    expect(finished.exitCode).toBe(Exit.REPOSITORY_UNREACHABLE);
    expect(finished.stderr).not.toMatch(/canary/);
  });
});

/** An SFTP server that lets in one key, with files in a folder of its name. */
class SftpServer {
  readonly repository: string;
  readonly command: string;

  constructor(
    private readonly keys: string,
    private readonly name: string,
    private readonly port: number,
  ) {
    this.repository = `sftp://backup@${SFTP}:${port}/repository`;
    const options = ["--addr", `:${port}`, "--key", `/keys/${name}-host`, "--authorized-keys", `/keys/${name}.pub`];
    this.command = `rclone serve sftp ${options.join(" ")} --vfs-cache-mode writes /${name}`;
  }

  get key(): string {
    return readFileSync(join(this.keys, this.name), "utf8");
  }

  /** A line that says this server has that one's key. */
  knownHosts({ name }: SftpServer): string {
    return `[${SFTP}]:${this.port} ${readFileSync(join(this.keys, `${name}-host.pub`), "utf8")}`;
  }
}

async function serve(name: string, options: string[], image: string, command: string[]): Promise<void> {
  await run("docker", ["run", "--detach", "--name", name, "--network", NETWORK, ...options, image, ...command]);
}
