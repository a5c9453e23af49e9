import { join } from "node:path";
import { Construct } from "constructs";
import type { Connectable, Connection } from "../app/connection";
import { InvalidInput } from "../invalid-input";
import {
  DataVolume,
  Health,
  Image,
  ImageSource,
  Job,
  Network,
  type Removal,
  Replacement,
  type Resources,
  SecretVolume,
  Service,
} from "../runtime";
import { limits } from "../runtime/resources";
import { script } from "../runtime/script";
import { Secret } from "../secret";
import { postgresSettings } from "./postgres-settings";

/** Major versions that PostgreSQL supports, and where their official images keep the data. */
const DATA_PATHS: Readonly<Record<string, string>> = {
  "15": "/var/lib/postgresql/data",
  "16": "/var/lib/postgresql/data",
  "17": "/var/lib/postgresql/data",
  // The image's volume moved one folder up, with a folder per major version inside
  // (github.com/docker-library/postgres/pull/1259).
  "18": "/var/lib/postgresql",
};

/** Databases and roles that a server has by itself. */
const RESERVED = /^(postgres|template0|template1|pg_.*)$/;

const READY_SCRIPT = script(join(__dirname, "postgres-ready.sh"));

export interface PostgresDatabaseProps {
  /** Version, as in the tag of the official image: `18`, `17.5`… Moving to another major version takes a restore. */
  readonly version: string;

  /**
   * Name of the database, and of the role the applications use.
   *
   * @default - the id
   */
  readonly database?: string;

  /**
   * Limits, which the server is tuned for.
   *
   * @default - 512 MiB of memory and one core
   */
  readonly resources?: Resources;

  /**
   * What becomes of the data when the database leaves the code.
   *
   * @default Removal.REFUSE
   */
  readonly removal?: Removal;

  /**
   * Docker's name of the data volume, to keep the data of a database that was renamed in the code.
   *
   * @default - made of system, environment and id
   */
  readonly volumeName?: string;
}

/**
 * A PostgreSQL server with a database and a role of its own. Applications that {@link AppService.connectTo} it get
 * `DATABASE_URL` with the role's password, the secret `<ID>_PASSWORD`; the superuser's is `<ID>_ADMIN_PASSWORD`.
 */
export class PostgresDatabase extends Construct implements Connectable {
  readonly database: string;
  readonly password: Secret;
  readonly adminPassword: Secret;
  readonly host: string;

  private readonly network: Network;
  private readonly ready: Job;

  constructor(scope: Construct, id: string, props: PostgresDatabaseProps) {
    super(scope, id);
    const dataPath = DATA_PATHS[props.version.split(".")[0] ?? ""];
    if (!dataPath) {
      throw new InvalidInput(
        this,
        `PostgreSQL version "${props.version}" is not supported; use one of ${Object.keys(DATA_PATHS).join(", ")}`,
      );
    }
    const resources = { memory: props.resources?.memory ?? 512, cpus: props.resources?.cpus };
    const { memory } = limits(this, resources);
    const variable = id.toUpperCase().replaceAll("-", "_");
    this.database = props.database ?? id;
    if (!/^[a-z_][a-z0-9_]{0,62}$/.test(this.database) || RESERVED.test(this.database)) {
      throw new InvalidInput(
        this,
        `database "${this.database}" must have lower-case letters, digits and "_", start with a letter, and not be one of the server's own, like postgres; set \`database: …\``,
      );
    }
    this.password = Secret.named(`${variable}_PASSWORD`, { minLength: 24 });
    this.adminPassword = Secret.named(`${variable}_ADMIN_PASSWORD`, { minLength: 24 });
    this.network = new Network(this, "network", { internal: true });

    const image = new Image(this, "image", ImageSource.official(`postgres:${props.version}`));
    const secrets = new SecretVolume(this, "secrets", {
      image,
      files: { password: this.password, "admin-password": this.adminPassword },
    });
    const secretFiles = { volume: secrets, path: "/run/secrets", readOnly: true };
    const data = new DataVolume(this, "data", { removal: props.removal, volumeName: props.volumeName });

    // Every deploy that restarts the server waits for the new one, so that one has a name the old one never had.
    const aliases: string[] = [];
    const server = new Service(
      this,
      "server",
      {
        image,
        command: ["postgres", ...Object.entries(postgresSettings(memory)).flatMap(([k, v]) => ["-c", `${k}=${v}`])],
        environment: { POSTGRES_PASSWORD_FILE: "/run/secrets/admin-password" },
        user: "postgres",
        networks: [{ network: this.network, aliases }],
        mounts: [{ volume: data, path: dataPath }, secretFiles],
        tmpfs: { "/tmp": "rw,noexec,nosuid,size=64m", "/var/run/postgresql": "rw,noexec,nosuid,mode=1777,size=1m" },
        resources,
        sharedMemory: Math.max(64, Math.floor(memory / 4)),
        // Over TCP, on which the server that only initialises the data does not listen.
        health: Health.command("pg_isready -q -h 127.0.0.1 -U postgres", { startSeconds: 120 }),
        stopSignal: "SIGINT",
        stopSeconds: 60,
      },
      { replacement: Replacement.STOP_FIRST },
    );
    server.startAfter(secrets);
    this.host = server.hostName;
    const generation = `${this.host}-${server.fingerprint}`;
    aliases.push(generation);

    this.ready = new Job(this, "ready", {
      image,
      entrypoint: ["sh", "-c"],
      command: [READY_SCRIPT],
      environment: { PGHOST: generation, PGUSER: "postgres", DATABASE: this.database, ROLE: this.database },
      user: "postgres",
      networks: [{ network: this.network }],
      mounts: [secretFiles],
      tmpfs: { "/tmp": "rw,noexec,nosuid,size=1m" },
      resources: { memory: 64 },
      timeoutSeconds: 180,
      replacedWith: [secrets],
    });
  }

  connection(): Connection {
    const password = this.password.urlValueIn(this);
    return {
      network: this.network,
      environment: { DATABASE_URL: `postgresql://${this.database}:${password}@${this.host}:5432/${this.database}` },
      startAfter: [this.ready],
    };
  }
}
