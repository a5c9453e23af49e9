import { readFileSync } from "node:fs";
import { join } from "node:path";
import { attempt, run } from "../../../scripts/run";
import { eventually } from "../eventually";
import { NETWORK, official, PASSWORDS } from "./backup-container";

const ADMIN = PASSWORDS["admin-password"];
const BACKUP_PASSWORD = PASSWORDS["database-password"];

/** A database server with awkward data in the database `app`, and a role `backup` that may only read. */
export abstract class Server {
  abstract readonly engine: string;
  abstract readonly base: string;
  /** The program that dumps it. */
  abstract readonly dump: string;

  constructor(readonly container: string) {}

  get environment(): Record<string, string> {
    return { ENGINE: this.engine, DATABASE_HOST: this.container, DATABASE_USER: "backup", DATABASES: "app" };
  }

  async start(): Promise<void> {
    await this.remove();
    const options = ["--detach", "--name", this.container, "--network", NETWORK, ...this.runOptions()];
    await run("docker", ["run", ...options, official(this.base)]);
    await eventually(async () => void (await this.query("SELECT 1", this.systemDatabase)));
    await this.setUp();
  }

  async remove(): Promise<void> {
    await attempt("docker", ["rm", "--force", "--volumes", this.container]);
  }

  /** What a query returns, as text. */
  async query(sql: string, database = "app", user?: string): Promise<string> {
    const { stdout } = await run("docker", ["exec", "-i", this.container, ...this.client(database, user)], {
      input: sql,
    });
    return stdout.trim();
  }

  /** Goes on writing pairs of rows, each pair in one transaction, until it is told to stop. */
  writeLoad(): () => Promise<number> {
    let stopped = false;
    let id = 0;
    const loop = (async () => {
      while (!stopped) {
        const pairs = Array.from({ length: 50 }, () => {
          id += 1;
          return `BEGIN; INSERT INTO debit VALUES (${id}, ${-id}); INSERT INTO credit VALUES (${id}, ${id}); COMMIT;`;
        });
        await this.query(pairs.join("\n"));
      }
    })();
    return async () => {
      stopped = true;
      await loop;
      return id;
    };
  }

  abstract get systemDatabase(): string;
  abstract tables(): Promise<string[]>;
  /** A server's own checksum of a table. */
  abstract checksum(database: string, table: string): Promise<string>;
  /** Everything that is not rows, as text. */
  abstract definitions(database: string): Promise<string>;
  protected abstract setUp(): Promise<void>;
  protected abstract runOptions(): string[];
  protected abstract client(database: string, user?: string): string[];
}

export class Postgres extends Server {
  readonly engine = "postgres";
  readonly dump = "pg_dump";
  readonly systemDatabase = "postgres";

  constructor(
    container: string,
    readonly base = "postgres:18",
  ) {
    super(container);
  }

  async tables(): Promise<string[]> {
    const sql = `SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
      WHERE relkind = 'r' AND nspname !~ '^(pg_|information)' ORDER BY 1`;
    return (await this.query(sql)).split("\n");
  }

  checksum(database: string, table: string): Promise<string> {
    return this.query(`SELECT count(*), md5(string_agg(t::text, '|' ORDER BY t::text)) FROM ${table} t`, database);
  }

  async definitions(database: string): Promise<string> {
    const dump = ["exec", this.container, "pg_dump", "-U", "postgres", "--schema-only", database];
    // Of the database itself, which has another name.
    const own = `SELECT setrole::regrole, setconfig, shobj_description(oid, 'pg_database') FROM pg_database
      JOIN pg_db_role_setting ON setdatabase = oid WHERE datname = '${database}' ORDER BY 1`;
    return (await run("docker", dump)).stdout.replace(/^\\(un)?restrict .*$/gm, "") + (await this.query(own, database));
  }

  /** Takes a table for itself, so that a dump of it waits; returns what lets go of it. */
  async hold(table: string): Promise<() => Promise<void>> {
    const sql = `SET application_name = 'holder'; BEGIN; LOCK TABLE ${table}; SELECT pg_sleep(600)`;
    const held = this.query(sql).catch(() => undefined);
    const holder = "FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE application_name = 'holder' AND granted";
    await eventually(async () => {
      expect(await this.query(`SELECT 1 ${holder} AND mode = 'AccessExclusiveLock'`)).toBe("1");
    });
    return async () => {
      await this.query(`SELECT DISTINCT pg_terminate_backend(pid) ${holder}`);
      await held;
    };
  }

  /** Until a dump waits for a table that is held. */
  dumpWaits(): Promise<void> {
    const sql =
      "SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE usename = 'backup' AND NOT granted";
    return eventually(async () => expect(await this.query(sql)).toBe("1"));
  }

  protected async setUp(): Promise<void> {
    const password = BACKUP_PASSWORD.replaceAll("'", "''");
    await this.query(
      `CREATE ROLE app LOGIN; CREATE ROLE reader; GRANT reader TO app;
       CREATE ROLE backup LOGIN BYPASSRLS PASSWORD '${password}'; GRANT pg_read_all_data TO backup;`,
      "postgres",
    );
    await this.query("CREATE DATABASE app OWNER app", "postgres");
    await this.query(
      `ALTER DATABASE app SET timezone = 'Europe/Paris'; ALTER ROLE app IN DATABASE app SET statement_timeout = '61s';
       COMMENT ON DATABASE app IS E'It''s\ntwo lines;\n\tand "more"';`,
      "postgres",
    );
    // As the application does; what belongs to a superuser does not come back as such.
    await this.query(`SET SESSION AUTHORIZATION app;\n${data("postgres")}`);
  }

  protected runOptions(): string[] {
    return ["--env", `POSTGRES_PASSWORD=${ADMIN}`];
  }

  protected client(database: string, user = "postgres"): string[] {
    return ["psql", "-XqtA", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-U", user, database];
  }

  override async query(sql: string, database = "app", user?: string): Promise<string> {
    const password = user === "backup" ? BACKUP_PASSWORD : ADMIN;
    const command = ["exec", "-i", "-e", "PGPASSWORD", this.container, ...this.client(database, user)];
    return (await run("docker", command, { input: sql, env: { PGPASSWORD: password } })).stdout.trim();
  }
}

/** MySQL, or MariaDB, which differs in names only. */
export class Mysql extends Server {
  readonly systemDatabase = "mysql";
  readonly dump: string;

  constructor(
    container: string,
    readonly base: string,
    readonly engine: "mysql" | "mariadb",
  ) {
    super(container);
    this.dump = engine === "mysql" ? "mysqldump" : "mariadb-dump";
  }

  async tables(): Promise<string[]> {
    const sql =
      "SELECT table_name FROM information_schema.tables WHERE table_schema = 'app' AND table_type = 'BASE TABLE'";
    return (await this.query(sql)).split("\n");
  }

  async checksum(database: string, table: string): Promise<string> {
    const quoted = `\`${table.replaceAll("`", "``")}\``;
    const sum = await this.query(`CHECKSUM TABLE ${quoted} EXTENDED`, database);
    return `${await this.query(`SELECT count(*) FROM ${quoted}`, database)} ${sum.split("\t").at(-1)}`;
  }

  /** Without the database's own name. */
  async definitions(database: string): Promise<string> {
    const kinds = {
      triggers:
        "trigger_name, event_manipulation, event_object_table, action_statement, action_timing, sql_mode, definer",
      routines: "routine_name, routine_type, data_type, routine_definition, is_deterministic, sql_mode, definer",
      events: "event_name, event_definition, interval_value, interval_field, starts, status, definer",
      views: "table_name, view_definition, check_option, definer, security_type",
      columns:
        "table_name, column_name, ordinal_position, column_default, is_nullable, column_type, collation_name, extra, generation_expression",
      statistics: "table_name, index_name, non_unique, seq_in_index, column_name, sub_part, index_type",
      key_column_usage: "table_name, constraint_name, column_name, referenced_table_name, referenced_column_name",
    };
    const sql = Object.entries(kinds).map(([kind, columns]) => {
      const column =
        { triggers: "trigger", routines: "routine", events: "event" }[kind] ??
        (kind === "key_column_usage" ? "constraint" : "table");
      return `SELECT '${kind}', ${columns} FROM information_schema.${kind} WHERE ${column}_schema = '${database}' ORDER BY 1, 2, 3, 4`;
    });
    const text = await this.query(sql.join(";\n"), database);
    return text
      .replaceAll(new RegExp(`\\b${database}\\b`, "g"), "DATABASE")
      .split("\n")
      .sort()
      .join("\n");
  }

  protected async setUp(): Promise<void> {
    const password = BACKUP_PASSWORD.replaceAll("\\", "\\\\").replaceAll("'", "''");
    const routines = this.engine === "mysql" ? "GRANT SHOW_ROUTINE ON *.* TO backup@'%';" : "";
    await this.query(
      `CREATE USER backup@'%' IDENTIFIED BY '${password}';
       GRANT SELECT, SHOW VIEW, TRIGGER, EVENT ON *.* TO backup@'%'; ${routines}`,
      "mysql",
    );
    await this.query(data("mysql"));
  }

  protected runOptions(): string[] {
    const prefix = this.engine.toUpperCase();
    return ["--user", "mysql", "--env", `${prefix}_ROOT_PASSWORD=${ADMIN}`, "--env", `${prefix}_DATABASE=app`];
  }

  protected client(database: string, user = "root"): string[] {
    const program = this.engine === "mysql" ? "mysql" : "mariadb";
    const password = user === "backup" ? BACKUP_PASSWORD : ADMIN;
    return [
      program,
      "-h127.0.0.1",
      `-u${user}`,
      `-p${password}`,
      "-N",
      "-B",
      "--default-character-set=utf8mb4",
      database,
    ];
  }
}

export function data(engine: string): string {
  return readFileSync(join(__dirname, "data", `${engine}.sql`), "utf8");
}
