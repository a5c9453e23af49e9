import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../../../scripts/run";
import { EXTRA } from "../../../scripts/setup/images/catalogue";
import { ensureStandIns } from "../../../scripts/setup/images/images";
import { LOCAL_REGISTRY } from "../../../scripts/setup/images/registry";
import { canaries, Deployment, REGISTRY } from "../deployment";
import { Operator } from "./operator";

jest.setTimeout(1_200_000);

const NAME = "t-upgrade";
const PROJECT = join(__dirname, "..", "..", "..");
const SYSTEM = join(PROJECT, "__tests__", "live", "systems", "upgrading");
const SECRETS = canaries(
  "BACKUP_PASSWORD",
  "DB_ADMIN_PASSWORD",
  "DB_BACKUP_PASSWORD",
  "DB_PASSWORD",
  "MARIA_ADMIN_PASSWORD",
  "MARIA_BACKUP_PASSWORD",
  "MARIA_PASSWORD",
);

const POSTGRES_DATA = `
  CREATE ROLE reader LOGIN PASSWORD 'reads';
  SET ROLE db;
  CREATE EXTENSION pg_trgm;
  CREATE TABLE thing (id serial PRIMARY KEY, name text NOT NULL);
  INSERT INTO thing (name) SELECT 'thing ' || n FROM generate_series(1, 2000) n;
  CREATE INDEX thing_name ON thing USING gin (name gin_trgm_ops);
  GRANT SELECT ON thing TO reader;
  SELECT setval('thing_id_seq', 5000);`;

const MARIADB_DATA = `
  CREATE TABLE thing (id int AUTO_INCREMENT PRIMARY KEY, name varchar(50) NOT NULL, KEY thing_name (name));
  INSERT INTO thing (name) SELECT CONCAT('thing ', seq) FROM seq_1_to_2000;
  CREATE VIEW few AS SELECT * FROM thing WHERE id <= 3;`;

describe("a server whose series changes in the code", () => {
  let deployment: Deployment;
  let operator: Operator;
  /** Sums of all rows, from before. */
  let postgresRows: string;
  let mariadbRows: string;

  beforeAll(async () => {
    if (REGISTRY === LOCAL_REGISTRY) await ensureStandIns(() => undefined, EXTRA);
    deployment = await Deployment.create(NAME, {}, { system: "shop", secrets: SECRETS });
    operator = new Operator(deployment);
    deployment.project = project(join(deployment.folder, "project"));
    code({ db: "17", maria: "10.11" });
    await deployment.mustDeploy();
    await operator.sql(POSTGRES_DATA, "db");
    await mariadb(MARIADB_DATA);
    [postgresRows, mariadbRows] = [await sumOfPostgres(), await sumOfMariadb()];
  });

  afterAll(() => deployment?.remove());

  test("stops every plan before anything has changed, with what to type", async () => {
    const before = await ids();
    code({ db: "18", maria: "11.8" });
    for (const { exitCode, stdout, stderr } of [await deployment.deploy(), await operator.deploy()]) {
      const said = (stdout + stderr).replace(/[\s│]+/g, " ");
      expect(said).toMatch(
        /t-upgrade\/db has the data of postgres 17, and the code says postgres 18, .* type: npm run upgrade -- t-upgrade db/,
      );
      expect(said).toMatch(/t-upgrade\/maria has the data of mariadb 10\.11, and the code says mariadb 11\.8, /);
      expect(exitCode).not.toBe(0);
    }
    expect(await ids()).toEqual(before);
    expect((await operator.upgrade("db", "--back")).stderr).toMatch(/nothing was done: db has the data of postgres 17/);
  });

  test("PostgreSQL 17 to 18: killed in the middle, refused to every deploy, typed again, and all is there", async () => {
    await operator.interruptedCommand(
      "upgrade",
      /restoring what was backed up/,
      (child) => child.kill("SIGKILL"),
      NAME,
      "db",
      "--yes",
      NAME,
    );
    const { exitCode, stderr } = await operator.deploy();
    expect(stderr.replace(/\s+/g, " ")).toMatch(
      /has the data of postgres 18 \(upgrade from postgres 17 under way\), and the code says postgres 18/,
    );
    expect(exitCode).toBe(1);
    expect(await deployment.container("api")).toBe("");

    expect(await operator.ok(operator.upgrade("db"))).toMatch(/db has its data in postgres 18: 2,000 rows in 1 table/);
    expect(await operator.sql("SHOW server_version_num", "db")).toMatch(/^18/);
    expect(await sumOfPostgres()).toBe(postgresRows);
    expect(await operator.sql("SELECT nextval('thing_id_seq')", "db")).toBe("5001");
    expect(
      await operator.sql("SELECT count(*) FROM pg_index WHERE indrelid = 'thing'::regclass AND indisvalid", "db"),
    ).toBe("2");
    const login = [
      "env",
      "PGPASSWORD=reads",
      "psql",
      "-XAt",
      "-h",
      "127.0.0.1",
      "-U",
      "reader",
      "-c",
      "SELECT count(*) FROM thing",
      "db",
    ];
    expect((await run("docker", ["exec", `${deployment.prefix}-db`, ...login])).stdout).toBe("2000\n");
    expect(await deployment.container("api")).not.toBe("");
  });

  test("MariaDB 10.11 to 11.8 likewise; then the next deploy has nothing to do with the servers, and the one after it nothing at all", async () => {
    expect(await operator.ok(operator.upgrade("maria"))).toMatch(
      /maria has its data in mariadb 11\.8: 2,000 rows in 1 table/,
    );
    expect(await mariadb("SELECT VERSION()")).toMatch(/^11\.8/);
    expect(await sumOfMariadb()).toBe(mariadbRows);
    expect(await mariadb("SELECT COUNT(*) FROM few")).toBe("3");
    const before = await ids();
    await operator.ok(operator.deploy());
    expect(await ids()).toBe(before);
    expect(await operator.ok(operator.deploy())).toContain("Plan: no changes");
    await operator.ok(operator.backup("now", NAME));
  });

  test("back again: the old server with the old data, and what was written since is kept", async () => {
    await operator.sql("INSERT INTO thing (name) VALUES ('since')", "db");
    code({ db: "17", maria: "11.8" });
    await operator.ok(operator.upgrade("db", "--back"));
    expect(await operator.sql("SHOW server_version_num", "db")).toMatch(/^17/);
    expect(await sumOfPostgres()).toBe(postgresRows);
    expect(await deployment.container("api")).not.toBe("");
    await operator.ok(operator.deploy());

    expect(await volumes()).toEqual([`${deployment.prefix}-db-data`, `${deployment.prefix}-db-data-postgres-18`]);
    await operator.ok(operator.upgrade("db", "--drop-old"));
    expect(await volumes()).toEqual([`${deployment.prefix}-db-data`]);
  });

  /** A folder in which the project's commands work on a main.ts of its own. */
  function project(folder: string): string {
    mkdirSync(folder);
    const parts = [
      "backup",
      "cdktf.json",
      "constructs",
      "node_modules",
      "package.json",
      "scripts",
      "stacks",
      "tsconfig.json",
    ];
    for (const part of parts) symlinkSync(join(PROJECT, part), join(folder, part));
    return folder;
  }

  function code(versions: { db: string; maria: string }): void {
    const text = `import { upgrading } from ${JSON.stringify(SYSTEM)};\nupgrading(${JSON.stringify(versions)});\n`;
    writeFileSync(join(deployment.project, "main.ts"), text);
  }

  function sumOfPostgres(): Promise<string> {
    return operator.sql("SELECT count(*), md5(string_agg(thing::text, ';' ORDER BY id)) FROM thing", "db");
  }

  function sumOfMariadb(): Promise<string> {
    return mariadb(
      "SET group_concat_max_len = 1000000; SELECT COUNT(*), MD5(GROUP_CONCAT(id, name ORDER BY id)) FROM thing",
    );
  }

  async function mariadb(statements: string): Promise<string> {
    const client =
      'MYSQL_PWD=$(cat /run/secrets/admin-password) exec mariadb --user root --batch --skip-column-names maria --execute "$0"';
    return (await run("docker", ["exec", `${deployment.prefix}-maria`, "sh", "-c", client, statements])).stdout.trim();
  }

  async function ids(): Promise<string> {
    const filter = ["--filter", `name=^${deployment.prefix}-`];
    return (await run("docker", ["ps", "--no-trunc", "--format", "{{.ID}} {{.Names}}", ...filter])).stdout;
  }

  async function volumes(): Promise<string[]> {
    const { stdout } = await run("docker", [
      "volume",
      "ls",
      "--quiet",
      "--filter",
      `name=^${deployment.prefix}-db-data`,
    ]);
    return stdout.split("\n").filter(Boolean).sort();
  }
});
