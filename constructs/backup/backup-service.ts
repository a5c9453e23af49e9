import { join } from "node:path";
import { type ITerraformDependable, Lazy, TerraformStack } from "cdktf";
import { Construct, type IConstruct } from "constructs";
import {
  type Attachment,
  DataVolume,
  DockerHost,
  Health,
  Image,
  ImageSource,
  Job,
  type Mount,
  Network,
  type Removal,
  Replacement,
  SecretVolume,
  Service,
  Volume,
  type Workload,
} from "../runtime";
import type { Secret } from "../secret";
import type { Backup } from "./backup";
import { BackupProof } from "./backup-proof";
import { metricsVolume } from "./metrics-volume";
import { RepositoryPassword } from "./repository-password";
import { roundsOf } from "./rounds";

const CONTEXT = join(__dirname, "..", "..", "backup");

const TMPFS = { "/tmp": "rw,noexec,nosuid,mode=1777,size=64m" };

/** A backup in progress gives up when its container is stopped, and needs a moment to leave nothing behind. */
const STOP_SECONDS = 30;

/** What is backed up. */
export interface BackupSource {
  readonly engine: "postgres" | "mysql" | "mariadb" | "sqlite" | "files";

  /** Official image whose programs read the data, like `postgres:18`. */
  readonly base: string;

  /** Databases of the server; for files, their paths in the backup container. */
  readonly databases: readonly string[];

  readonly dataVolume: DataVolume;

  /** @default - no server: the data volume itself is read */
  readonly server?: {
    readonly host: string;
    readonly network: Network;
    /** Password of the role that reads. */
    readonly password: Secret;
    /** Volume with the file `admin-password`, for restores. */
    readonly adminSecrets: SecretVolume;
    /** Job that made the role. */
    readonly ready: ITerraformDependable;
    /** Extensions that a superuser has to make. @default - none */
    readonly extensions?: readonly string[];
  };

  /**
   * User who reads it, `uid:gid`: the one the files belong to.
   *
   * @default - the user of the image, for a server
   */
  readonly user?: string;
}

/** Where the data of a server without one is. */
export const DATA_PATH = "/data";

/**
 * The container that backs up one server, one set of SQLite files or one folder, on schedule. What it does is in
 * `backup/README.md`. Its role can read every table and write none.
 */
export class BackupService extends Construct {
  private readonly workload: Workload;
  private readonly password: RepositoryPassword;
  private readonly dependencies: ITerraformDependable[];
  private readonly writers: string[] = [];
  private readonly releaseJobs: string[] = [];

  constructor(
    scope: Construct,
    id: string,
    private readonly props: {
      readonly policy: Backup;
      readonly source: BackupSource;
      readonly removal?: Removal;
    },
  ) {
    super(scope, id);
    const { policy, source } = props;
    const { repository, offsite } = policy;
    const user = source.user ?? "999:999";
    const image = new Image(this, "image", ImageSource.build(CONTEXT, { BASE: source.base, OWNER: user }));
    this.password = new RepositoryPassword(this, "password", this.name, props.removal);
    const { variable, secret: password } = this.password;
    const secrets = new SecretVolume(this, "secrets", {
      image,
      files: {
        "repository-password": password,
        ...repository.credentials(this, `${variable}_REPOSITORY`, "BACKUP"),
        ...(source.server && { "database-password": source.server.password }),
        ...(offsite && {
          "offsite-password": password,
          ...Object.fromEntries(
            Object.entries(offsite.credentials(this, `${variable}_OFFSITE`, "OFFSITE")).map(([file, secret]) => [
              `offsite-${file}`,
              secret,
            ]),
          ),
        }),
      },
    });
    const state = new Volume(this, "state");
    const local = repository.isLocal
      ? new DataVolume(this, "repository", { removal: props.removal, volumeName: `${this.name}-backup-repository` })
      : undefined;
    const remote = !repository.isLocal || offsite !== undefined;
    const networks: Attachment[] = [
      ...(source.server ? [{ network: source.server.network }] : []),
      ...(remote ? [{ network: Network.egress(this) }] : []),
    ];
    const proof =
      source.server &&
      new BackupProof(this, "proof", {
        image,
        environment: { ENGINE: source.engine, NAME: this.name, ...extensionsOf(source) },
        user,
        tmpfs: TMPFS,
        memory: policy.memory,
      });
    const mounts: Mount[] = [
      ...(local ? [{ volume: local, path: "/repository" }] : []),
      { volume: state, path: "/state" },
      { volume: metricsVolume(this), path: "/metrics" },
      { volume: secrets, path: "/run/secrets", readOnly: true },
      ...(proof ? [proof.mount] : []),
      ...(source.server ? [] : [{ volume: source.dataVolume, path: DATA_PATH, readOnly: true }]),
    ];
    this.workload = {
      image,
      environment: this.environment(),
      user,
      networks,
      mounts,
      tmpfs: TMPFS,
      resources: { memory: policy.memory },
      background: true,
    };
    this.dependencies = [secrets, ...(source.server ? [source.server.ready] : [])];
    new Service(
      this,
      "service",
      {
        ...this.workload,
        // It waits for its times, whatever becomes of a single backup: that is for the metrics to say.
        health: Health.command("grep -qx run /proc/[0-9]*/comm"),
        stopSeconds: STOP_SECONDS,
      },
      { replacement: Replacement.STOP_FIRST },
    ).startAfter(...this.dependencies);
    this.describe();
  }

  /**
   * An application that writes the data: it is stopped while a restore takes the data's place, and then its release job
   * runs again, because what comes back may be older than the release.
   */
  addWriter(app: IConstruct, releaseJob?: IConstruct): void {
    this.writers.push(app.node.path);
    if (releaseJob) this.releaseJobs.push(releaseJob.node.path);
    this.describe();
  }

  /**
   * A job that makes a backup before a release, if the policy says so.
   *
   * @param release changes with everything about the release
   */
  beforeRelease(scope: Construct, release: string): Job | undefined {
    const { policy } = this.props;
    if (!(policy.beforeRelease ?? TerraformStack.of(this).node.id === "production")) return undefined;
    const job = new Job(scope, `${this.subject.node.id}-backup`, {
      ...this.workload,
      environment: { ...this.workload.environment, RELEASE: release },
      command: ["backup", "--wait", "1800", "--before-release"],
      timeoutSeconds: 3600,
    });
    job.startAfter(...this.dependencies);
    return job;
  }

  /** What is backed up. */
  private get subject(): IConstruct {
    return this.node.scope as IConstruct;
  }

  /** Under which the backups are found: the data's own name, which a construct that was renamed keeps. */
  private get name(): string {
    const [, name] = /^([a-z0-9][a-z0-9-]*)-data$/.exec(this.props.source.dataVolume.dockerName) ?? [];
    return name ?? DockerHost.of(this).nameOf(this.subject);
  }

  private environment(): Record<string, string> {
    const { policy, source } = this.props;
    const { repository, offsite } = policy;
    const { name } = this;
    return {
      ...repository.environment,
      ...offsite?.environment,
      ENGINE: source.engine,
      NAME: name,
      TZ: policy.timeZone,
      SCHEDULE: policy.schedule,
      ROUNDS: this.rounds,
      VERIFY_SCHEDULE: policy.verify,
      CHECK_SCHEDULE: policy.check,
      KEEP: policy.keep.rule,
      REPOSITORY: repository.addressOf(name),
      ...(offsite && { OFFSITE_REPOSITORY: offsite.addressOf(name) }),
      ...(this.appendOnly.length > 0 && { APPEND_ONLY: this.appendOnly.join(" ") }),
      ...(source.server && { DATABASE_HOST: source.server.host, DATABASE_USER: "backup" }),
      ...extensionsOf(source),
      [VARIABLES[source.engine]]: source.databases.join(" "),
    };
  }

  /** For the operator's commands, which read the synthesised stack. */
  private describe(): void {
    const { policy, source } = this.props;
    const host = DockerHost.of(this);
    const stack = TerraformStack.of(this);
    const path = this.subject.node.path.slice(stack.node.path.length + 1);
    const { name } = this;
    stack.addOverride(`//.backups.${path}`, {
      container: host.nameOf(this),
      engine: source.engine,
      name,
      databases: [...source.databases],
      dataVolume: source.dataVolume.dockerName,
      ...(source.server && { server: source.server.host, adminSecrets: source.server.adminSecrets.dockerName }),
      writers: [...this.writers],
      releaseJobs: [...this.releaseJobs],
      schedule: policy.schedule,
      rounds: this.rounds,
      timeZone: policy.timeZone,
      keep: policy.keep.rule,
      password: this.password.secret.name,
      repository: policy.repository.addressOf(name),
      ...(policy.offsite && { offsite: policy.offsite.addressOf(name) }),
      ...(this.appendOnly.length > 0 && { appendOnly: this.appendOnly }),
    });
  }

  /** With all that is backed up here, which is known in the end. */
  private get rounds(): string {
    const stack = TerraformStack.of(this);
    const all = () =>
      stack.node.findAll().flatMap((found) => (found instanceof BackupService ? [found.props.policy] : []));
    return Lazy.stringValue({ produce: () => roundsOf(this.props.policy, all()) });
  }

  /** Which of the two places lets nothing be removed from here. */
  private get appendOnly(): ("local" | "offsite")[] {
    const { repository, offsite } = this.props.policy;
    return [...(repository.appendOnly ? ["local" as const] : []), ...(offsite?.appendOnly ? ["offsite" as const] : [])];
  }
}

function extensionsOf({ server }: BackupSource): Record<string, string> {
  return server?.extensions?.length ? { EXTENSIONS: server.extensions.join(" ") } : {};
}

const VARIABLES: Readonly<Record<BackupSource["engine"], string>> = {
  postgres: "DATABASES",
  mysql: "DATABASES",
  mariadb: "DATABASES",
  sqlite: "SQLITE_FILES",
  files: "FILES",
};
