import { attempt } from "../../../scripts/run";
import { BackupContainer, backupImage, ensureNetwork } from "./backup-container";
import { Postgres } from "./servers";

jest.setTimeout(600_000);

/** What an application that was taken over can make with the rights of its own role, none of which is special. */
const EXPLOITS: readonly (readonly [string, string])[] = [
  [
    "a line of psql in a function's body, in what looks like a comment on the database",
    `CREATE FUNCTION body() RETURNS text LANGUAGE sql AS $f$ SELECT '
COMMENT ON DATABASE app IS ''x
\\! touch /state/escaped-body /tmp/escaped-body
'';
' $f$;`,
  ],
  [
    "a check that runs a program when a superuser copies rows in",
    `CREATE FUNCTION checked(int) RETURNS boolean LANGUAGE plpgsql AS $f$ BEGIN
       EXECUTE 'COPY (SELECT 1) TO PROGRAM ''touch /state/escaped-check /tmp/escaped-check''';
       RETURN true;
     EXCEPTION WHEN insufficient_privilege THEN RETURN true; END $f$;
     CREATE TABLE checked (id int CHECK (checked(id)));
     INSERT INTO checked VALUES (1);`,
  ],
  [
    "an index that becomes superuser again with RESET ROLE",
    `CREATE FUNCTION indexed(int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS $f$ BEGIN
       RESET ROLE;
       EXECUTE 'COPY (SELECT 1) TO PROGRAM ''touch /state/escaped-index /tmp/escaped-index''';
       RETURN $1;
     EXCEPTION WHEN OTHERS THEN RETURN $1; END $f$;
     CREATE TABLE indexed (id int);
     INSERT INTO indexed VALUES (1);
     CREATE INDEX ON indexed (indexed(id));`,
  ],
];

describe("what an attacker wrote into a Postgres database", () => {
  const server = new Postgres("portolan-t-backup-pg-hostile");
  let backup: BackupContainer;

  beforeAll(async () => {
    await ensureNetwork();
    backup = await BackupContainer.create("t-pg-hostile", await backupImage(server.base), server.environment);
    await backup.makeRepository();
    await server.start();
    await server.query("CREATE SCHEMA hostile AUTHORIZATION app");
    for (const [, sql] of EXPLOITS)
      await server.query(`SET SESSION AUTHORIZATION app; SET search_path = hostile;\n${sql}`);
    await backup.ok("backup");
  });

  afterAll(async () => {
    await server.remove();
    await backup?.remove();
  });

  test("runs nothing where a backup is proved", async () => {
    const proved = await backup.verb("verify");
    expect(await escaped()).toEqual([]);
    expect([proved.exitCode, proved.stderr]).toEqual([0, expect.stringContaining("restores")]);
  });

  test("runs nothing where it is restored", async () => {
    const restored = await backup.verb("restore", "--to-database", "app_copy");
    expect(await escaped()).toEqual([]);
    expect([restored.exitCode, restored.stderr]).toEqual([0, expect.stringContaining("restored")]);
    expect(await server.query("SELECT count(*) FROM hostile.checked", "app_copy")).toBe("1");
  });

  /** Files that were made: in the volumes of the backup, in the database server, and where backups are proved. */
  async function escaped(): Promise<string[]> {
    const find = "find /tmp /var /state /metrics /repository -name 'escaped-*' 2>/dev/null; true";
    const there = await Promise.all([
      backup.ok("bash", "-c", find),
      ...[server.container, backup.proof].map((container) =>
        attempt("docker", ["exec", container, "bash", "-c", find]),
      ),
    ]);
    return there.flatMap(({ stdout }) => stdout.split("\n").filter(Boolean));
  }
});
