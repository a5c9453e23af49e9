import { NETWORK, official, PASSWORDS } from "../../__tests__/live/backup/backup-container";
import { Mysql, Postgres, type Server } from "../../__tests__/live/backup/servers";
import { attempt, type Finished, run } from "../../scripts/run";
import type { Dialect } from "./orders";

const ADMIN = PASSWORDS["admin-password"];
const DUMPS = "portolan-b-backup-dumps";

/** A server, and its backups as a shell script in a crontab makes them: a dump through gzip. */
export abstract class Peer {
  abstract readonly server: Server;
  abstract readonly dialect: Dialect;
  protected abstract readonly dumpCommand: string;
  /** Of a whole dump, into the new database `by_gzip`. */
  protected abstract readonly loadCommand: string;
  protected abstract readonly environment: Record<string, string>;

  dump(): Promise<unknown> {
    return this.shell(`${this.dumpCommand} | gzip >/dumps/app.sql.gz`);
  }

  async dumpBytes(): Promise<number> {
    return Number((await this.shell("stat --format %s /dumps/app.sql.gz")).stdout);
  }

  load(): Promise<unknown> {
    return this.shell(`gunzip --stdout /dumps/app.sql.gz | ${this.loadCommand}`);
  }

  async remove(): Promise<void> {
    await this.server.remove();
    await attempt("docker", ["volume", "rm", DUMPS]);
  }

  private shell(command: string): Promise<Finished> {
    const environment = Object.entries(this.environment).flatMap(([name, value]) => ["--env", `${name}=${value}`]);
    const options = ["--rm", "--user", "0", "--network", NETWORK, "--volume", `${DUMPS}:/dumps`, ...environment];
    const script = ["bash", "-c", `set -euo pipefail; ${command}`];
    return run("docker", ["run", ...options, "--entrypoint", "", official(this.server.base), ...script]);
  }
}

export class PostgresPeer extends Peer {
  readonly server = new Postgres("portolan-b-backup-postgres");
  protected readonly environment = { PGHOST: this.server.container, PGUSER: "postgres", PGPASSWORD: ADMIN };
  protected readonly dumpCommand = "pg_dump app";
  protected readonly loadCommand = "psql --quiet --output /dev/null by_gzip";

  readonly dialect: Dialect = {
    prelude: "SET client_min_messages = warning",
    series: (last) => `FROM generate_series(1::bigint, ${last}) n`,
    choose: (words, index) => `(ARRAY['${words.join("', '")}'])[1 + ${index}]`,
    hash: (number) => `md5(${number}::text)`,
  };
}

export class MysqlPeer extends Peer {
  readonly server = new Mysql("portolan-b-backup-mysql", "mysql:8.4", "mysql");
  protected readonly environment = { MYSQL_PWD: ADMIN };
  private readonly login = `--host ${this.server.container} --user root`;
  protected readonly dumpCommand =
    `mysqldump ${this.login} --single-transaction --set-gtid-purged=OFF --routines --events --triggers app`;
  protected readonly loadCommand = `mysql ${this.login} by_gzip`;

  readonly dialect: Dialect = {
    prelude: "SET cte_max_recursion_depth = 4294967295",
    series: (last) =>
      `FROM (WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${last}) SELECT n FROM numbers) series`,
    choose: (words, index) => `elt(1 + floor(${index}), '${words.join("', '")}')`,
    hash: (number) => `left(sha2(${number}, 256), 32)`,
  };
}
