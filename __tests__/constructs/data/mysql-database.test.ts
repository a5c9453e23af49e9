import { MariadbDatabase } from "../../../constructs/data/mariadb-database";
import { MysqlDatabase } from "../../../constructs/data/mysql-database";
import type { SqlDatabaseProps } from "../../../constructs/data/sql-database";
import { type Synthesised, service, shop, synthesised } from "../../synthesised";

const ENGINES = [
  { engine: "mysql", Database: MysqlDatabase, version: "8.4", client: "mysql", admin: "mysqladmin", server: "mysqld" },
  {
    engine: "mariadb",
    Database: MariadbDatabase,
    version: "11.8",
    client: "mariadb",
    admin: "mariadb-admin",
    server: "mariadbd",
  },
];

describe.each(ENGINES)("$engine", ({ engine, Database, version, client, admin, server }) => {
  const database = (props: Partial<SqlDatabaseProps> = {}): Synthesised =>
    synthesised((shop) => {
      service(shop, "api").connectTo(new Database(shop, "db", { version, ...props }));
    });

  test("keeps its data in a protected volume", () => {
    expect(database().container("db").mounts?.[0]).toMatchObject({
      source: '${docker_volume.protected["shop-test-db-data"].name}',
      target: "/var/lib/mysql",
    });
  });

  test("has half of its memory for pages, and the text of the whole world", () => {
    expect(database({ resources: { memory: 2048 } }).container("db").command).toEqual(
      expect.arrayContaining([server, "--innodb-buffer-pool-size=1024M", "--character-set-server=utf8mb4"]),
    );
  });

  test("gives who connects to it an address with its encoded password", () => {
    const stack = database({ database: "orders" });
    expect(stack.container("api").env).toEqual([
      'DATABASE_URL=mysql://orders:${replace(urlencode(var.DB_PASSWORD), "+", "%20")}@shop-test-db:3306/orders',
    ]);
    expect(stack.container("api").depends_on).toEqual([stack.addressOf("db/ready")]);
  });

  test("gets its passwords as files: no container shows them", () => {
    const stack = database();
    for (const path of ["db", "db/ready", "db/backup"]) {
      const { env, command, upload, healthcheck } = stack.container(path);
      expect(JSON.stringify([env, command, upload, healthcheck])).not.toContain("var.");
    }
    expect(stack.container("db").env).toEqual([
      `${engine.toUpperCase()}_ROOT_PASSWORD_FILE=/run/secrets/admin-password`,
    ]);
  });

  test("is made ready, and asked how it is, with the programs of its image", () => {
    const stack = database();
    expect(stack.container("db/ready").command?.[0]).toMatch(new RegExp(`^CLIENT=${client} `));
    expect(JSON.stringify(stack.container("db").healthcheck?.test)).toContain(` ${admin} `);
  });

  test("is backed up by its own programs", () => {
    expect(database().container("db/backup").env).toContain(`ENGINE=${engine}`);
    const image = Object.values(database().resources("docker_image")).find(({ build }) => build);
    expect(image).toMatchObject({ build: { build_args: { BASE: `${engine}:${version}` } } });
  });

  test.each(["mysql", "sys", "root", "backup", "My", "a".repeat(33)])("refuses the database name %p", (database) => {
    expect(() => new Database(shop(), "db", { version, database })).toThrow(
      `test/db: database "${database}" must have at most 32 lower-case letters, digits and "_"`,
    );
  });
});

test.each(["8.4", "8.4.6", "9", "9.4.0"])("runs MySQL %s", (version) => {
  expect(() => new MysqlDatabase(shop(), "db", { version })).not.toThrow();
});

test.each(["8.0", "5.7", "8.40", "10", "latest", ""])("refuses MySQL %p", (version) => {
  expect(() => new MysqlDatabase(shop(), "db", { version })).toThrow(
    new Error(`test/db: MySQL version "${version}" is not supported; use one of 8.4, 9`),
  );
});

test.each(["10.6", "11", "11.80", "lts"])("refuses MariaDB %p", (version) => {
  expect(() => new MariadbDatabase(shop(), "db", { version })).toThrow(
    new Error(`test/db: MariaDB version "${version}" is not supported; use one of 10.11, 11.4, 11.8, 12`),
  );
});
