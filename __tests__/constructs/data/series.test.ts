import { Backup } from "../../../constructs/backup/backup";
import { MariadbDatabase } from "../../../constructs/data/mariadb-database";
import { MysqlDatabase } from "../../../constructs/data/mysql-database";
import { PostgresDatabase } from "../../../constructs/data/postgres-database";
import { type Synthesised, synthesised } from "../../synthesised";

const DATABASES = { postgres: PostgresDatabase, mysql: MysqlDatabase, mariadb: MariadbDatabase };

function database(engine: keyof typeof DATABASES, version: string, id = "db", volumeName?: string): Synthesised {
  return synthesised((shop) => new DATABASES[engine](shop, id, { version, volumeName, backup: Backup.off("a test") }));
}

test.each([
  ["postgres", "17", "postgres 17"],
  ["postgres", "18.1", "postgres 18"],
  ["mysql", "8.4.6", "mysql 8.4"],
  ["mysql", "9.4", "mysql 9"],
  ["mariadb", "10.11.14", "mariadb 10.11"],
  ["mariadb", "12", "mariadb 12"],
] as const)("the state remembers %s %s as %s", (engine, version, series) => {
  expect(database(engine, version).resources("terraform_data")["series-shop-test-db-data"]).toMatchObject({
    input: `${series}\${var.UPGRADE_UNDER_WAY}`,
    // It changes by nothing but a replacement.
    lifecycle: { ignore_changes: ["input"] },
  });
});

test("a plan with another says which two there are, and what to type", () => {
  expect(database("postgres", "18").resources("terraform_data")["series-shop-test-db-data"]).toMatchObject({
    lifecycle: {
      postcondition: [
        {
          condition: '${(self.output == "postgres 18${var.UPGRADE_UNDER_WAY}")}',
          error_message:
            "test/db has the data of ${self.output}, and the code says postgres 18, which can't take them over as they are. Put the old version back into the code, or bring the data over (docs/upgrades.md), type:\n\n  npm run upgrade -- test db",
        },
      ],
    },
  });
});

test("a construct that was renamed, and keeps its volume, is remembered by it", () => {
  const { json } = database("postgres", "18", "main", "shop-test-db-data");
  expect(Object.keys(json.resource.terraform_data ?? {})).toContain("series-shop-test-db-data");
});
