import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { attempt, run } from "../../../scripts/run";
import type { NamedBackup } from "../../../scripts/runbook/place";
import { sqlClient } from "../../../scripts/runbook/sql-client";
import { POLICY } from "../../scripts/backups/policy";
import { backupImage, ensureNetwork, official } from "../backup/backup-container";
import { eventually } from "../eventually";

jest.setTimeout(600_000);

const PASSWORD = "canary-admin-91de";
/** A key of two columns, of which the server makes one by itself, a column that takes no values, and bytes. */
const TABLES = {
  postgres: `CREATE TABLE orders (id int GENERATED ALWAYS AS IDENTITY, part int, note text, data bytea,
    twice int GENERATED ALWAYS AS (part * 2) STORED, PRIMARY KEY (id, part))`,
  mysql: `CREATE TABLE orders (id int AUTO_INCREMENT, part int, note text, data varbinary(20),
    twice int GENERATED ALWAYS AS (part * 2) STORED, PRIMARY KEY (id, part))`,
  sqlite: `CREATE TABLE orders (id int, part int, note text, data blob,
    twice int GENERATED ALWAYS AS (part * 2) STORED, PRIMARY KEY (id, part))`,
};

type Engine = NamedBackup["engine"];

const engines: readonly [Engine, string, "postgres" | "mysql" | "sqlite"][] = [
  ["postgres", "postgres:18", "postgres"],
  ["mysql", "mysql:8.4", "mysql"],
  ["mariadb", "mariadb:11.8", "mysql"],
  ["sqlite", "debian:13-slim", "sqlite"],
];

beforeAll(ensureNetwork);

test.each(engines)(
  "%s: the runbook's commands put rows back from a copy, and leave others alone",
  async (engine, base, kind) => {
    const container = `portolan-t-table-${engine}`;
    const secrets = mkdtempSync(join(tmpdir(), "portolan-secrets-"));
    chmodSync(secrets, 0o755);
    writeFileSync(join(secrets, "admin-password"), PASSWORD, { mode: 0o644 });
    const databases = engine === "sqlite" ? ["/data/shop.db"] : ["shop"];
    const backup: NamedBackup = {
      ...{ id: "db", engine, container, name: container, server: container, dataVolume: container, databases },
      ...POLICY,
      repository: "/repository",
    };
    const client = sqlClient(backup);
    const variables = [`DATABASE=${databases[0]}`, `COPY=${client.copy}`, "TABLE=orders"];
    const paste = async (lines: readonly string[]) => {
      const script = [...variables, ...client.define, ...lines].join("\n");
      const { stdout, stderr, exitCode } = await attempt("bash", ["-ec", script], { input: "not for these commands" });
      if (exitCode !== 0) throw new Error(`${script}\n${stdout}${stderr}`);
      return stdout;
    };

    try {
      await start(engine, container, engine === "sqlite" ? await backupImage(base) : official(base), secrets);
      const rows = "(1, 1, 'é', x), (2, 1, 'b', x), (3, 1, NULL, x)".replaceAll(
        "x",
        kind === "postgres" ? "'\\x00ff'" : "x'00ff'",
      );
      const overriding = kind === "postgres" ? "OVERRIDING SYSTEM VALUE" : "";
      const insert = `INSERT INTO orders (id, part, note, data) ${overriding} VALUES`;
      for (const database of [databases[0] as string, client.copy]) {
        if (engine !== "sqlite") await query("", `CREATE DATABASE ${database}`);
        await query(database, TABLES[kind]);
        await query(database, `${insert} ${rows}`);
      }
      const live = databases[0] as string;
      const want = await read(live);
      await query(live, "DELETE FROM orders WHERE id = 1");
      await query(live, "UPDATE orders SET note = 'changed' WHERE id = 2");
      await query(live, `${insert} (4, 4, 'new', NULL)`);

      expect(await paste(client.count)).toBe("3\n3\n");
      await paste(client.takeOver.missing);
      expect((await read(live)).split("\n")).toEqual([
        want.split("\n")[0],
        expect.stringContaining("changed"),
        want.split("\n")[2],
        expect.stringContaining("new"),
      ]);
      await paste(client.takeOver.all);
      expect((await read(live)).split("\n").slice(0, 3).join("\n")).toBe(want);
      expect(await query(live, "SELECT count(*) FROM orders")).toBe("4");
      await paste(client.drop);
      await expect(query(client.copy, "SELECT count(*) FROM orders")).rejects.toThrow();
    } finally {
      await attempt("docker", ["rm", "--force", "--volumes", container]);
      await attempt("docker", ["volume", "rm", container]);
      rmSync(secrets, { recursive: true });
    }

    function read(database: string): Promise<string> {
      return query(database, "SELECT * FROM orders ORDER BY id");
    }

    async function query(database: string, sql: string): Promise<string> {
      const command = {
        postgres: ["psql", "-XAt", "-v", "ON_ERROR_STOP=1", "-U", "postgres", "-d", database || "postgres", "-c", sql],
        mysql: [
          engine,
          "-uroot",
          `-p${PASSWORD}`,
          "-NB",
          "--binary-as-hex",
          "-e",
          sql,
          ...(database ? [database] : []),
        ],
        sqlite: ["sqlite3", "-bail", database, sql],
      }[kind];
      return (await run("docker", ["exec", container, ...command])).stdout.trim();
    }

    async function start(engine: Engine, name: string, image: string, folder: string): Promise<void> {
      await attempt("docker", ["rm", "--force", "--volumes", name]);
      const prefix = engine.toUpperCase();
      const options = {
        postgres: ["--env", "POSTGRES_PASSWORD_FILE=/run/secrets/admin-password"],
        mysql: ["--user", "mysql", "--env", `${prefix}_ROOT_PASSWORD_FILE=/run/secrets/admin-password`],
        sqlite: ["--user", "0:0", "--volume", `${name}:/data`],
      }[kind];
      const command = engine === "sqlite" ? ["sleep", "infinity"] : [];
      const common = ["--detach", "--init", "--network", "none", "--volume", `${folder}:/run/secrets:ro`];
      await run("docker", ["run", "--name", name, ...common, ...options, image, ...command]);
      const ready = {
        postgres: () => run("docker", ["exec", name, "pg_isready", "-h", "127.0.0.1"]),
        mysql: () =>
          run("docker", [
            "exec",
            name,
            `${engine}-admin`.replace("mysql-", "mysql"),
            "-h127.0.0.1",
            `-p${PASSWORD}`,
            "-uroot",
            "ping",
          ]),
        sqlite: () => run("docker", ["exec", name, "true"]),
      }[kind];
      await eventually(async () => void (await ready()), 120);
    }
  },
);
