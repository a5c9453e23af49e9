import type { Construct } from "constructs";
import { mysqlEngine } from "./mysql-engine";
import { SqlDatabase, type SqlDatabaseProps } from "./sql-database";

const MARIADB = mysqlEngine({
  name: "mariadb",
  title: "MariaDB",
  versions: ["10.11", "11.4", "11.8", "12"],
  client: "mariadb",
  admin: "mariadb-admin",
  server: "mariadbd",
});

export type MariadbDatabaseProps = SqlDatabaseProps;

/** A MariaDB server, of a version with long support. */
export class MariadbDatabase extends SqlDatabase {
  constructor(scope: Construct, id: string, props: MariadbDatabaseProps) {
    super(scope, id, props, MARIADB);
  }
}
