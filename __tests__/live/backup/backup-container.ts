import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { attempt, type Finished, run } from "../../../scripts/run";
import { BACKUP, NEEDED } from "../../../scripts/setup/images/catalogue";
import { ensureStandIns } from "../../../scripts/setup/images/images";
import { LOCAL_REGISTRY } from "../../../scripts/setup/images/registry";
import { REGISTRY } from "../deployment";
import { eventually } from "../eventually";
import { easyKey } from "./easy-key";

const FOLDER = join(__dirname, "..", "..", "..", "backup");
const PREFIX = REGISTRY && `${REGISTRY.replace(/^https?:\/\//, "")}/`;

export const NETWORK = "portolan-t-backup";

/** Exit codes of the verbs, as backup/README.md has them. */
export const Exit = {
  BAD_CONFIGURATION: 10,
  DUMP_FAILED: 11,
  REPOSITORY_UNREACHABLE: 12,
  WRONG_PASSWORD: 13,
  DISK_FULL: 14,
  OFFSITE_FAILED: 15,
  VERIFICATION_FAILED: 16,
  BUSY: 17,
  NOTHING_TO_RESTORE: 18,
  REFUSED: 19,
  RESTORE_FAILED: 20,
  CHECK_FAILED: 21,
  MISSED: 23,
  CLOCK_JUMPED: 24,
  KILLED: 137,
  STOPPED: 143,
} as const;

/** Secrets that no other value of a test contains. */
export const PASSWORDS = {
  "repository-password": "canary-repository-3f1c",
  "offsite-password": "canary-offsite-77ab",
  // Every character that is special in one of the files a password goes through.
  "database-password": "canary-database-ba:ck\\up\"p'#",
  "admin-password": "canary-admin-91de",
};

export interface Run {
  readonly run: string;
  readonly time: number;
  readonly bytes: number;
  readonly verified: number | null;
  readonly safety: boolean;
  readonly release: boolean;
  readonly future: boolean;
  readonly round: string | null;
}

/** The reference of an official image, or of its stand-in. */
export function official(reference: string): string {
  return `${PREFIX}${reference}`;
}

export async function ensureNetwork(): Promise<void> {
  if (REGISTRY === LOCAL_REGISTRY) await ensureStandIns(() => undefined, [...NEEDED, ...BACKUP]);
  await attempt("docker", ["network", "create", "--internal", NETWORK]);
}

/** The backup container's image for a server's image; its id, which no other build can take away as it can a tag. */
export async function backupImage(base: string, owner = "999:999"): Promise<string> {
  const image = `portolan-t-backup-image:${`${base}-${owner}`.replace(/[:/]/g, "-")}`;
  const args = [`REGISTRY=${PREFIX}`, `BASE=${base}`, `OWNER=${owner}`].flatMap((arg) => ["--build-arg", arg]);
  const build = ["build", "--quiet", "--tag", image, ...args, FOLDER];
  return (await run("docker", build, { env: { DOCKER_BUILDKIT: "0" } })).stdout.trim();
}

/** A backup with volumes of its own, each verb run in a container of its own, as locked down as the product does it. */
export class BackupContainer {
  /** Without what a test that was interrupted has left. */
  static async create(
    name: string,
    image: string,
    environment: Record<string, string>,
    mounts: readonly string[] = [],
  ): Promise<BackupContainer> {
    await new BackupContainer(name, image, environment).remove();
    return new BackupContainer(name, image, environment, mounts);
  }

  readonly volumes: Record<"repository" | "state" | "metrics" | "proof", string>;
  private readonly folder = mkdtempSync(join(tmpdir(), "portolan-secrets-"));
  private readonly network: string = NETWORK;
  private readonly environment: Record<string, string>;

  private constructor(
    readonly name: string,
    private readonly image: string,
    environment: Record<string, string>,
    private readonly mounts: readonly string[] = [],
  ) {
    this.environment = { NAME: name, REPOSITORY: "/repository", ...environment };
    const volume = (purpose: string) => `portolan-t-backup-${name}-${purpose}`;
    this.volumes = {
      repository: volume("repository"),
      state: volume("state"),
      metrics: volume("metrics"),
      proof: volume("proof"),
    };
    chmodSync(this.folder, 0o755);
    for (const place of ["secrets", "admin"]) mkdirSync(join(this.folder, place));
    for (const [file, secret] of Object.entries(PASSWORDS)) this.secret(file, secret);
  }

  secret(file: string, value: string): void {
    const place = file === "admin-password" ? "admin" : "secrets";
    writeFileSync(join(this.folder, place, file), value, { mode: 0o644 });
  }

  /** Runs a verb and returns how it ended. */
  async verb(...command: string[]): Promise<Finished> {
    if (command[0] === "verify") await this.startProof();
    return attempt("docker", ["run", "--rm", ...this.options(), this.image, ...command]);
  }

  /** Runs a verb that has to end well. */
  async ok(...command: string[]): Promise<Finished> {
    const finished = await this.verb(...command);
    if (finished.exitCode !== 0) throw new Error(`${command.join(" ")}: ${finished.exitCode}\n${finished.stderr}`);
    return finished;
  }

  /** The same backup, with other settings, or in another image. */
  with(environment: Record<string, string>, image = this.image): BackupContainer {
    return this.changed({ image, environment: { ...this.environment, ...environment } });
  }

  mounting(...mounts: string[]): BackupContainer {
    return this.changed({ mounts: [...this.mounts, ...mounts] });
  }

  /** With its data not only to be read. */
  writable(): BackupContainer {
    return this.changed({ mounts: this.mounts.map((mount) => mount.replace(/:ro$/, "")) });
  }

  /** In the network, and so with the host name, of another container. */
  beside(container: string): BackupContainer {
    return this.changed({ network: `container:${container}` });
  }

  /** With the metrics volume of another backup. */
  sharingMetricsOf(other: BackupContainer): BackupContainer {
    return this.changed({ volumes: { ...this.volumes, metrics: other.volumes.metrics } });
  }

  /** Starts a container that stays; returns its name. */
  async start(purpose: string, ...command: string[]): Promise<string> {
    const container = `portolan-t-backup-${this.name}-${purpose}`;
    await attempt("docker", ["rm", "--force", container]);
    await run("docker", ["run", "--detach", "--name", container, ...this.options(), this.image, ...command]);
    return container;
  }

  /** Until a container has said a word. */
  static async said(container: string, word: RegExp, seconds = 60): Promise<void> {
    await eventually(async () => {
      const { stdout, stderr } = await run("docker", ["logs", container]);
      if (!word.test(stdout + stderr)) throw new Error(`${container} has not said ${word}, but: ${stdout}${stderr}`);
    }, seconds);
  }

  /** Bash inside, with the product's own functions at hand. */
  script(text: string): Promise<Finished> {
    return this.ok("bash", "-c", `set -- script; cd /opt/backup/bin; ${LIBRARY}\n${text}`);
  }

  /** Makes its repository, a local one that is quick to open. */
  async makeRepository(): Promise<void> {
    const { stdout } = await this.script("repository local init >/dev/null && repository local cat masterkey");
    const { name, content } = easyKey(stdout, PASSWORDS["repository-password"]);
    this.secret("easy-key", content);
    await this.ok(
      "bash",
      "-c",
      `cd /repository/keys && cp /run/secrets/easy-key ${name} && ls | grep -v ${name} | xargs rm -f`,
    );
  }

  async list(...options: string[]): Promise<Run[]> {
    return JSON.parse((await this.ok("list", ...options)).stdout);
  }

  async metrics(): Promise<Record<string, number>> {
    const { stdout } = await this.ok("cat", `/metrics/${this.environment.NAME}.prom`);
    const lines = stdout.split("\n").filter((line) => line && !line.startsWith("#"));
    return Object.fromEntries(
      lines.map((line) => {
        const [, metric, value] = line.match(/^portolan_backup_(\w+)\{.*\} (\S+)$/) ?? [];
        return [metric, Number(value)];
      }),
    );
  }

  async remove(): Promise<void> {
    const { stdout } = await run("docker", ["ps", "-aq", "--filter", `name=portolan-t-backup-${this.name}-`]);
    for (const id of stdout.split("\n").filter(Boolean)) await attempt("docker", ["rm", "--force", "--volumes", id]);
    await attempt("docker", ["volume", "rm", ...Object.values(this.volumes)]);
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** The name of the container where backups are tried out. */
  get proof(): string {
    return `portolan-t-backup-${this.name}-proof`;
  }

  /** Starts it, from this image, as the product has it. */
  private async startProof(): Promise<void> {
    if (!/^(postgres|mysql|mariadb)$/.test(this.environment.ENGINE ?? "")) return;
    const inspected = await attempt("docker", ["inspect", "--format", "{{.Config.Image}}", this.proof]);
    if (inspected.stdout.trim() === this.image) return;
    await attempt("docker", ["rm", "--force", "--volumes", this.proof]);
    const environment = ["ENGINE", "NAME", "EXTENSIONS"].flatMap((name) => {
      return this.environment[name] ? ["--env", `${name}=${this.environment[name]}`] : [];
    });
    const options = ["--restart", "unless-stopped", "--network", "none", "--volume", `${this.volumes.proof}:/proof`];
    const args = ["--detach", "--name", this.proof, ...LOCKED_DOWN, ...options, ...environment];
    await run("docker", ["run", ...args, this.image, "prove"]);
  }

  private changed(properties: object): BackupContainer {
    return Object.assign(Object.create(BackupContainer.prototype), this, properties);
  }

  private options(): string[] {
    return [
      ...LOCKED_DOWN,
      ...["--network", this.network],
      ...Object.entries(this.volumes).flatMap(([path, volume]) => [
        "--volume",
        `${volume}:/${path}${path === "proof" ? ":ro" : ""}`,
      ]),
      ...["secrets", "admin"].flatMap((place) => ["--volume", `${join(this.folder, place)}:/run/${place}:ro`]),
      ...this.mounts.flatMap((mount) => ["--volume", mount]),
      ...Object.entries(this.environment).flatMap(([name, value]) => ["--env", `${name}=${value}`]),
    ];
  }
}

const LOCKED_DOWN = [
  ...["--init", "--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--memory", "400m"],
  ...["--tmpfs", "/tmp:rw,noexec,nosuid,size=64m"],
];

const LIBRARY = [
  ". /opt/backup/lib/common.sh",
  ". /opt/backup/lib/options.sh",
  ". /opt/backup/lib/dumps.sh",
  "make_work",
  "load_engine",
].join("\n");
