import { join } from "node:path";
import type { Construct } from "constructs";
import { InvalidInput } from "../invalid-input";
import { Health } from "../runtime";
import { script } from "../runtime/script";
import { postgresSettings } from "./postgres-settings";
import { SqlDatabase, type SqlDatabaseProps, type SqlEngine } from "./sql-database";

/** Major versions that PostgreSQL supports, and where their official images keep the data. */
const DATA_PATHS: Readonly<Record<string, string>> = {
  "15": "/var/lib/postgresql/data",
  "16": "/var/lib/postgresql/data",
  "17": "/var/lib/postgresql/data",
  // The image's volume moved one folder up, with a folder per major version inside
  // (github.com/docker-library/postgres/pull/1259).
  "18": "/var/lib/postgresql",
};

const POSTGRES: SqlEngine = {
  name: "postgres",
  title: "PostgreSQL",
  versions: Object.keys(DATA_PATHS),
  seriesOf: (version) => Object.keys(DATA_PATHS).find((major) => version.split(".")[0] === major),
  dataPath: (series) => DATA_PATHS[series] as string,
  reserved: /^(postgres|template0|template1|backup|pg_.*)$/,
  longestName: 63,
  scheme: "postgresql",
  port: 5432,
  user: "postgres",
  tmpfs: { "/tmp": "rw,noexec,nosuid,size=64m", "/var/run/postgresql": "rw,noexec,nosuid,mode=1777,size=1m" },
  environment: { POSTGRES_PASSWORD_FILE: "/run/secrets/admin-password" },
  command: (memory) => [
    "postgres",
    ...Object.entries(postgresSettings(memory)).flatMap(([k, v]) => ["-c", `${k}=${v}`]),
  ],
  sharedMemory: (memory) => Math.max(64, Math.floor(memory / 4)),
  // Over TCP, on which the server that only initialises the data does not listen.
  health: Health.command("pg_isready -q -h 127.0.0.1 -U postgres", { startSeconds: 120 }),
  stopSignal: "SIGINT",
  readyScript: script(join(__dirname, "postgres-ready.sh")),
};

export interface PostgresDatabaseProps extends SqlDatabaseProps {
  /**
   * Extensions that only a superuser may create, like `postgis`: the deploy creates them, and a restore does, too. Others, like
   * `pg_trgm`, the application creates by itself.
   *
   * @default - none
   */
  readonly extensions?: readonly string[];
}

/** A PostgreSQL server, of version 15 or newer. */
export class PostgresDatabase extends SqlDatabase {
  constructor(scope: Construct, id: string, props: PostgresDatabaseProps) {
    super(scope, id, props, { ...POSTGRES, extensions: props.extensions });
    for (const extension of props.extensions ?? []) {
      if (/^[a-z0-9_-]+$/.test(extension)) continue;
      throw new InvalidInput(
        this,
        `extension "${extension}" is not a name; write it as in CREATE EXTENSION, like "postgis"`,
      );
    }
  }
}
