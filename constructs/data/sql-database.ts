import { Construct } from "constructs";
import type { Connectable, Connection } from "../app/connection";
import { backUp } from "../backup/back-up";
import { Backup } from "../backup/backup";
import { InvalidInput } from "../invalid-input";
import { DataVolume, type Health, type Removal, type Resources } from "../runtime";
import { limits } from "../runtime/resources";
import { Secret } from "../secret";
import { dataServer } from "./data-server";
import { rememberSeries } from "./series";

export interface SqlDatabaseProps {
  /** Version, as in the tag of the official image. Moving to another series takes `npm run upgrade`. */
  readonly version: string;

  /**
   * Name of the database, and of the role the applications use.
   *
   * @default - the id
   */
  readonly database?: string;

  /**
   * Whether applications log in as a role that reads and writes rows, and can change nothing else: no table, function or
   * trigger. Their release jobs go on as the role that owns all of it.
   *
   * @default false
   */
  readonly rowsOnly?: boolean;

  /**
   * Limits, which the server is tuned for.
   *
   * @default - 512 MiB of memory and one core
   */
  readonly resources?: Resources;

  /** @default Backup.nightly() */
  readonly backup?: Backup;

  /**
   * What becomes of the data, and of its backups, when the database leaves the code.
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

/** End of the name of the role that only reads and writes rows. */
const ROWS_ROLE = "_rows";

/** What differs between one database server and another. */
export interface SqlEngine {
  readonly name: "postgres" | "mysql" | "mariadb";
  /** As people write it. */
  readonly title: string;
  /** Supported series: versions of one read each other's data. */
  readonly versions: readonly string[];
  /** The one of them that a version belongs to. */
  readonly seriesOf: (version: string) => string | undefined;
  /** Where the official image of a series keeps the data. */
  readonly dataPath: (series: string) => string;
  /** Databases and roles that a server has by itself. */
  readonly reserved: RegExp;
  /** Longest name of a role. */
  readonly longestName: number;
  readonly scheme: string;
  readonly port: number;
  readonly user: string;
  readonly tmpfs: Readonly<Record<string, string>>;
  readonly environment: Readonly<Record<string, string>>;
  /** The server's command on so many MiB of memory. */
  readonly command: (memory: number) => readonly string[];
  /** Shared memory on so many MiB of memory. */
  readonly sharedMemory?: (memory: number) => number;
  readonly health: Health;
  readonly stopSignal?: string;
  /**
   * Waits for the server `HOST`, and makes `DATABASE`, its `ROLE`, the role that backs up, and `ROWS_ROLE`, if it has a
   * name, which only reads and writes rows.
   */
  readonly readyScript: string;
  /** Extensions that a superuser has to create. @default - none */
  readonly extensions?: readonly string[];
}

/**
 * A database server with one database and a role of its own. Applications that {@link AppService.connectTo} it get
 * `DATABASE_URL` with the role's password, the secret `<ID>_PASSWORD`; the administrator's is `<ID>_ADMIN_PASSWORD`, and
 * that of the role which backs up, and can write nothing, `<ID>_BACKUP_PASSWORD`. With `rowsOnly`, the applications' is
 * `<ID>_ROWS_PASSWORD`, and `<ID>_PASSWORD` their release jobs'.
 */
export abstract class SqlDatabase extends Construct implements Connectable {
  readonly database: string;
  readonly password: Secret;
  readonly adminPassword: Secret;
  readonly host: string;

  /** Of the role that only reads and writes rows, if there is one. */
  private readonly rowsPassword?: Secret;
  private readonly connected: Pick<Connection, "network" | "startAfter" | "backup">;

  protected constructor(
    scope: Construct,
    id: string,
    props: SqlDatabaseProps,
    private readonly engine: SqlEngine,
  ) {
    super(scope, id);
    const series = engine.seriesOf(props.version);
    if (!series) {
      throw new InvalidInput(
        this,
        `${engine.title} version "${props.version}" is not supported; use one of ${engine.versions.join(", ")}`,
      );
    }
    const resources = { memory: props.resources?.memory ?? 512, cpus: props.resources?.cpus };
    const { memory } = limits(this, resources);
    this.database = checkedName(this, props.database ?? id, engine, props.rowsOnly ? ROWS_ROLE : "");
    const variable = id.toUpperCase().replaceAll("-", "_");
    const secret = (name: string) => Secret.named(`${variable}_${name}`, { minLength: 24 });
    this.password = secret("PASSWORD");
    this.adminPassword = secret("ADMIN_PASSWORD");
    this.rowsPassword = props.rowsOnly ? secret("ROWS_PASSWORD") : undefined;
    const backupPassword = secret("BACKUP_PASSWORD");
    const image = `${engine.name}:${props.version}`;

    const { removal, volumeName } = props;
    const policy = props.backup ?? Backup.nightly();
    const backedUp = policy.offReason === undefined;
    const data = new DataVolume(this, "data", { removal, volumeName });
    rememberSeries(this, data, `${engine.name} ${series}`);
    const { network, secrets, host, ready } = dataServer(this, {
      image,
      secrets: {
        password: this.password,
        "admin-password": this.adminPassword,
        ...(this.rowsPassword && { "rows-password": this.rowsPassword }),
        ...(backedUp && { "backup-password": backupPassword }),
      },
      data: { volume: data, path: engine.dataPath(series) },
      command: engine.command(memory),
      environment: engine.environment,
      user: engine.user,
      tmpfs: engine.tmpfs,
      resources,
      sharedMemory: engine.sharedMemory?.(memory),
      health: engine.health,
      stopSignal: engine.stopSignal,
      stopSeconds: 60,
      ready: (host) => ({
        script: engine.readyScript,
        environment: {
          HOST: host,
          DATABASE: this.database,
          ROLE: this.database,
          ...(this.rowsPassword && { ROWS_ROLE: `${this.database}${ROWS_ROLE}` }),
          BACKUP: backedUp ? "on" : "off",
          ...(engine.extensions?.length && { EXTENSIONS: engine.extensions.join(" ") }),
        },
        memory: 64,
        timeoutSeconds: 180,
      }),
    });
    this.host = host;
    const backup = backUp(this, {
      policy,
      removal,
      source: {
        engine: engine.name,
        base: image,
        databases: [this.database],
        dataVolume: data,
        server: {
          host,
          network,
          password: backupPassword,
          adminSecrets: secrets,
          ready,
          extensions: engine.extensions,
        },
      },
    });
    this.connected = { network, startAfter: [ready], backup };
  }

  connection(): Connection {
    const owner = { DATABASE_URL: this.url(this.database, this.password) };
    if (!this.rowsPassword) return { ...this.connected, environment: owner };
    const environment = { DATABASE_URL: this.url(`${this.database}${ROWS_ROLE}`, this.rowsPassword) };
    return { ...this.connected, environment, releaseEnvironment: owner };
  }

  private url(role: string, password: Secret): string {
    const { scheme, port } = this.engine;
    return `${scheme}://${role}:${password.urlValueIn(this)}@${this.host}:${port}/${this.database}`;
  }
}

function checkedName(scope: Construct, database: string, engine: SqlEngine, suffix: string): string {
  const { reserved } = engine;
  const longestName = engine.longestName - suffix.length;
  const fits = database.length <= longestName;
  if (/^[a-z_][a-z0-9_]*$/.test(database) && fits && !reserved.test(database)) return database;
  throw new InvalidInput(
    scope,
    `database "${database}" must have at most ${longestName} lower-case letters, digits and "_", start with a letter, and not be one of the server's own; set \`database: …\``,
  );
}
