import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { attempt, type Finished, run } from "../../../scripts/run";
import { official } from "../backup/backup-container";

jest.setTimeout(300_000);

const SCRIPTS = join(__dirname, "..", "..", "..", "constructs", "data");
const SECRETS = { "admin-password": "admin-'1\"", password: "owner-2", "rows-password": "rows-3" };

interface Server {
  readonly image: string;
  readonly script: string;
  readonly options: readonly string[];
  /** As the construct starts it. */
  readonly command: readonly string[];
  /** A client that reads SQL from its standard input. */
  readonly client: (role: string, password: string) => string;
  /** What only the owner of the schema may do, each after the other. */
  readonly definitions: readonly string[];
}

const mysql = (name: "mysql" | "mariadb", image: string): Server => ({
  image,
  script: `CLIENT=${name} BACKUP_RIGHTS=\n${readFileSync(join(SCRIPTS, "mysql-ready.sh"), "utf8")}`,
  options: ["--env", `${name.toUpperCase()}_ROOT_PASSWORD_FILE=/run/secrets/admin-password`],
  command: name === "mysql" ? ["mysqld", "--skip-log-bin"] : ["mariadbd"],
  client: (role, password) =>
    `MYSQL_PWD=${password} exec ${name} --protocol=tcp --batch --skip-column-names -h "$(hostname -i)" -u ${role} shop`,
  definitions: [
    "CREATE TABLE thing (id int)",
    "CREATE FUNCTION f() RETURNS int DETERMINISTIC RETURN 1",
    "CREATE TRIGGER t BEFORE INSERT ON old FOR EACH ROW SET NEW.id = 1",
    "ALTER TABLE old ADD COLUMN more int",
    "DROP TABLE old",
  ],
});

const SERVERS: Readonly<Record<string, Server>> = {
  PostgreSQL: {
    image: "postgres:18",
    script: readFileSync(join(SCRIPTS, "postgres-ready.sh"), "utf8"),
    options: ["--env", "POSTGRES_PASSWORD_FILE=/run/secrets/admin-password"],
    command: ["postgres"],
    client: (role, password) =>
      `PGPASSWORD=${password} exec psql -XAtq -v ON_ERROR_STOP=1 -h "$(hostname -i)" -U ${role} shop`,
    definitions: [
      "CREATE TABLE thing (id int)",
      "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
      "CREATE TRIGGER t BEFORE INSERT ON old FOR EACH ROW EXECUTE FUNCTION f()",
      "ALTER TABLE old ADD COLUMN more int",
      "DROP TABLE old CASCADE",
    ],
  },
  MySQL: mysql("mysql", "mysql:8.4"),
  MariaDB: mysql("mariadb", "mariadb:11.8"),
};

describe.each(Object.entries(SERVERS))("in %s, the role that applications run as", (title, server) => {
  const container = `portolan-t-rows-${title.toLowerCase()}`;
  let folder: string;

  beforeAll(async () => {
    await attempt("docker", ["rm", "--force", "--volumes", container]);
    folder = mkdtempSync(join(tmpdir(), "portolan-"));
    chmodSync(folder, 0o755);
    for (const [name, value] of Object.entries(SECRETS)) writeFileSync(join(folder, name), value, { mode: 0o644 });
    const mount = ["--volume", `${folder}:/run/secrets:ro`];
    const place = ["--detach", "--name", container, "--memory", "512m", ...mount, ...server.options];
    await run("docker", ["run", ...place, official(server.image), ...server.command]);
    // As it was before the role was asked for, with a table of that time.
    await ready();
    await owner("CREATE TABLE old (id int); INSERT INTO old VALUES (7)");
    await ready("shop_rows");
    await ready("shop_rows");
    await owner("CREATE TABLE young (id int); INSERT INTO young VALUES (8)");
  });

  afterAll(async () => {
    await attempt("docker", ["rm", "--force", "--volumes", container]);
    rmSync(folder, { recursive: true, force: true });
  });

  /** What the deploy's own job does. It waits for the server. */
  async function ready(rowsRole = ""): Promise<void> {
    const settings = { DATABASE: "shop", ROLE: "shop", BACKUP: "off", ROWS_ROLE: rowsRole };
    const env = Object.entries(settings).flatMap(([name, value]) => ["--env", `${name}=${value}`]);
    const script = `HOST=$(hostname -i)\nexport HOST\n${server.script}`;
    await run("docker", ["exec", ...env, container, "timeout", "120", "sh", "-c", script]);
  }

  function as(role: string, password: string, sql: string): Promise<Finished> {
    return attempt("docker", ["exec", "-i", container, "sh", "-c", server.client(role, password)], { input: sql });
  }

  async function owner(sql: string): Promise<string> {
    const { stdout, stderr, exitCode } = await as("shop", SECRETS.password, sql);
    expect({ sql, stderr: exitCode === 0 ? "" : stderr }).toEqual({ sql, stderr: "" });
    return stdout.trim();
  }

  test.each(["old", "young"])("reads and writes the rows of a table, like the %s one", async (table) => {
    const sql = `INSERT INTO ${table} VALUES (9); UPDATE ${table} SET id = 10 WHERE id = 9; DELETE FROM ${table} WHERE id < 9;
      SELECT id FROM ${table};`;
    expect(await as("shop_rows", SECRETS["rows-password"], sql)).toMatchObject({ stdout: "10\n", exitCode: 0 });
  });

  test.each(server.definitions)("may not %s, as the release job may", async (sql) => {
    const { exitCode, stderr } = await as("shop_rows", SECRETS["rows-password"], sql);
    expect(exitCode).not.toBe(0);
    expect(stderr).toMatch(/denied|must be owner|permission/i);
    await owner(sql);
  });
});
