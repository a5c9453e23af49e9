import { BackupContainer, backupImage, ensureNetwork, PASSWORDS } from "./backup-container";
import { Postgres } from "./servers";

jest.setTimeout(600_000);

/** As a deploy makes it, before anything is restored. */
class Deployed extends Postgres {
  protected override async setUp(): Promise<void> {
    const password = PASSWORDS["database-password"].replaceAll("'", "''");
    await this.query(
      `CREATE ROLE app LOGIN PASSWORD 'of this deploy';
       CREATE ROLE backup LOGIN BYPASSRLS PASSWORD '${password}'; GRANT pg_read_all_data TO backup;`,
      "postgres",
    );
  }
}

const ROLES = `SELECT rolname, rolcanlogin, rolconnlimit, rolpassword, shobj_description(r.oid, 'pg_authid'),
    (SELECT array_agg(roleid::regrole ORDER BY roleid::regrole::text) FROM pg_auth_members WHERE member = r.oid),
    (SELECT setconfig FROM pg_db_role_setting WHERE setrole = r.oid AND setdatabase = 0)
  FROM pg_authid r WHERE rolname IN ('reader', 'clerk') ORDER BY 1`;
const OF_APP = `SELECT (SELECT array_agg(roleid::regrole ORDER BY roleid::regrole::text) FROM pg_auth_members WHERE member = 'app'::regrole),
  (SELECT setconfig FROM pg_db_role_setting WHERE setrole = 'app'::regrole AND setdatabase = 0)`;
const OF_DATABASE = `SELECT datdba::regrole, (SELECT array_agg(a::text ORDER BY a::text) FROM unnest(datacl) a), shobj_description(oid, 'pg_database'),
    (SELECT array_agg(setrole::text || setconfig::text ORDER BY setrole::text) FROM pg_db_role_setting WHERE setdatabase = oid AND setrole = 0)
  FROM pg_database WHERE datname = 'app'`;

test("a new Postgres has the roles, their passwords, settings and memberships, and the database's own, as they were proved", async () => {
  await ensureNetwork();
  const name = "portolan-t-backup-new-host";
  const lost = new Postgres(name);
  const backup = await BackupContainer.create("t-new-host", await backupImage(lost.base), lost.environment);
  try {
    await backup.makeRepository();
    await lost.start();
    await lost.query(
      `CREATE ROLE clerk LOGIN PASSWORD 'canary-clerk-5c1e' CONNECTION LIMIT 3; GRANT reader TO clerk;
       COMMENT ON ROLE clerk IS E'It''s\\nthe clerk';
       ALTER ROLE app SET search_path = "$user", public, "Odd ""name"; ALTER ROLE app SET statement_timeout = '62s';
       GRANT CONNECT ON DATABASE app TO clerk;`,
    );
    const asked = () => Promise.all([ROLES, OF_APP, OF_DATABASE].map((sql) => lost.query(sql, "postgres")));
    const before = await asked();
    await backup.ok("backup");
    expect((await backup.ok("verify")).stderr).toMatch(/restores: \d+ rows/);
    expect((await backup.ok("show")).stdout).not.toContain("SCRAM");

    await new Deployed(name).start();
    await backup.ok("restore", "--to-database", "app");
    expect(await asked()).toEqual(before);
    // The deploy's own password stays.
    const own = "SELECT rolpassword IS NOT NULL FROM pg_authid WHERE rolname = 'app'";
    expect(await lost.query(own, "postgres")).toBe("t");
  } finally {
    await lost.remove();
    await backup.remove();
  }
});
