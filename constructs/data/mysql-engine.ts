import { join } from "node:path";
import { Health } from "../runtime";
import { script } from "../runtime/script";
import type { SqlEngine } from "./sql-database";

const READY_SCRIPT = script(join(__dirname, "mysql-ready.sh"));

/** What MySQL and MariaDB have in common. */
export function mysqlEngine(props: {
  readonly name: "mysql" | "mariadb";
  readonly title: string;
  readonly versions: readonly string[];
  /** The official image's programs. */
  readonly client: string;
  readonly admin: string;
  readonly server: string;
  /** Settings beside the common ones. */
  readonly settings?: readonly string[];
  /** What the role that backs up needs beside the common rights. */
  readonly backupRights?: string;
}): SqlEngine {
  const { name, title, versions, server } = props;
  const supported = new RegExp(`^(${versions.map((version) => version.replaceAll(".", "\\.")).join("|")})(\\.\\d+)*$`);
  return {
    name,
    title,
    versions,
    seriesOf: (version) => supported.exec(version)?.[1],
    dataPath: () => "/var/lib/mysql",
    reserved: /^(mysql|sys|information_schema|performance_schema|test|root|backup|mariadb_sys)$/,
    longestName: 32,
    scheme: "mysql",
    port: 3306,
    user: "mysql",
    tmpfs: { "/tmp": "rw,noexec,nosuid,size=64m", "/var/run/mysqld": "rw,noexec,nosuid,mode=1777,size=1m" },
    environment: { [`${name.toUpperCase()}_ROOT_PASSWORD_FILE`]: "/run/secrets/admin-password" },
    command: (memory) => [
      server,
      // Half of the memory: the rest is for connections, temporary tables and the dictionary.
      `--innodb-buffer-pool-size=${Math.max(64, Math.floor(memory / 2))}M`,
      "--max-connections=100",
      "--character-set-server=utf8mb4",
      "--skip-name-resolve",
      "--pid-file=/var/run/mysqld/mysqld.pid",
      ...(props.settings ?? []),
    ],
    // Over TCP, on which the server that only initialises the data does not listen. It holds also while the password is
    // another one: a server that refuses is a server that answers.
    health: Health.command(`MYSQL_PWD=$(cat /run/secrets/admin-password) ${props.admin} -h 127.0.0.1 -u root ping`, {
      startSeconds: 180,
    }),
    readyScript: `CLIENT=${props.client} BACKUP_RIGHTS=${props.backupRights ?? ""}\n${READY_SCRIPT}`,
  };
}
