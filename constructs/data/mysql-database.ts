import type { Construct } from "constructs";
import { mysqlEngine } from "./mysql-engine";
import { SqlDatabase, type SqlDatabaseProps } from "./sql-database";

const MYSQL = mysqlEngine({
  name: "mysql",
  title: "MySQL",
  versions: ["8.4", "9"],
  client: "mysql",
  admin: "mysqladmin",
  server: "mysqld",
  settings: [
    "--mysqlx=OFF",
    // No replica reads it, and it would fill the disk for thirty days.
    "--skip-log-bin",
    "--secure-file-priv=NULL",
  ],
  backupRights: "SHOW_ROUTINE",
});

export type MysqlDatabaseProps = SqlDatabaseProps;

/** A MySQL server, of version 8.4 or newer. */
export class MysqlDatabase extends SqlDatabase {
  constructor(scope: Construct, id: string, props: MysqlDatabaseProps) {
    super(scope, id, props, MYSQL);
  }
}
