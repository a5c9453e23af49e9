import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Finished } from "../../../scripts/run";
import { eventually } from "../eventually";
import { BackupContainer, backupImage, Exit, ensureNetwork } from "./backup-container";
import { data, Mysql, Postgres, type Server } from "./servers";

jest.setTimeout(1_800_000);

beforeAll(ensureNetwork);

const servers: readonly (readonly [Server, string])[] = [
  [new Postgres("portolan-t-backup-place-postgres"), "psql"],
  [new Mysql("portolan-t-backup-place-mysql", "mysql:8.4", "mysql"), "mysql"],
  [new Mysql("portolan-t-backup-place-mariadb", "mariadb:11.8", "mariadb"), "mariadb"],
];

/** Most calls of the client that a swap takes. */
const MOST_CALLS = 60;

describe.each(servers.map(([server, client]) => [server.engine, server, client] as const))(
  "in place: %s",
  (engine, server, client) => {
    let backup: BackupContainer;
    const folder = mkdtempSync(join(tmpdir(), "portolan-client-"));

    beforeAll(async () => {
      const image = await backupImage(server.base);
      backup = await BackupContainer.create(`t-place-${engine}`, image, server.environment);
      await backup.makeRepository();
      chmodSync(folder, 0o755);
      writeFileSync(join(folder, client), dyingClient(client), { mode: 0o755 });
      chmodSync(join(folder, client), 0o755);
      await server.start();
      await backup.ok("backup");
    });

    afterAll(async () => {
      await server.remove();
      await backup?.remove();
      rmSync(folder, { recursive: true });
    });

    test("interrupted at any point of the swap, both the old and the new data are there, and --resume ends it", async () => {
      const want = await sums("app");
      await server.query("UPDATE child SET id = id + 1000");
      const old = await identity("app");
      const { old: before } = JSON.parse((await backup.ok("restore", "--prepare")).stdout);
      expect(await identity("app")).toBe(old);

      // Killed before the client's n-th call, as if the machine had lost power, each time one call later.
      let calls = 0;
      for (let step = "--swap"; ; ) {
        calls += 1;
        if ((await killedAt(calls, step)).exitCode === 0) break;
        expect([await identity("app"), await identity(before)]).toContain(old);
        const found = await status();
        // Whether the tables are free is asked before anything has begun.
        const begun = found.step !== "prepared" || calls > 2;
        if (begun) expect(found).toMatchObject({ step: "swapping", next: "restore --resume" });
        expect(calls).toBeLessThan(MOST_CALLS);
        step = begun ? "--resume" : "--swap";
      }
      console.info(`${engine}: interrupted at ${calls - 1} points of the swap`);

      expect(await sums("app")).toBe(want);
      expect(await identity(before)).toBe(old);
      await backup.ok("restore", "--drop-old");
      await backup.ok("backup");
      await backup.ok("verify");
    });

    if (engine === "postgres") {
      test("what takes the place has statistics, and what holds a lock on the database is not waited for without end", async () => {
        const { beside } = JSON.parse((await backup.ok("restore", "--prepare")).stdout);
        const analysed = "SELECT count(DISTINCT tablename) FROM pg_stats WHERE schemaname = 'public'";
        expect(await server.query(analysed, beside)).not.toBe("0");

        const holding =
          "SET application_name = 'holding'; BEGIN; COMMENT ON DATABASE app IS 'held'; SELECT pg_sleep(600)";
        const held = server.query(holding, "postgres").catch(() => undefined);
        const sleeps = "application_name = 'holding' AND wait_event = 'PgSleep'";
        const holder = `FROM pg_stat_activity WHERE ${sleeps}`;
        await eventually(async () => expect(await server.query(`SELECT count(*) ${holder}`)).toBe("1"));
        const refused = await backup.with({ SWAP_LOCK_SECONDS: "2" }).verb("restore", "--swap");
        expect(refused.stderr).toMatch(/lock timeout[\s\S]*app and .* could not be exchanged, and are as they were/);
        expect(refused.exitCode).toBe(Exit.REFUSED);
        expect(await server.query("SELECT count(*) > 0 FROM child")).toBe("t");

        await server.query(`SELECT pg_terminate_backend(pid) ${holder}`, "postgres");
        await held;
        await backup.ok("restore", "--resume");
        expect(await server.query(analysed)).not.toBe("0");
        await backup.ok("restore", "--drop-old");
      });
    }

    if (engine !== "postgres") {
      test("a broken view in the old data does not keep the new data out", async () => {
        await server.query("SET foreign_key_checks = 0; DROP TABLE parent");
        await backup.ok("restore", "--prepare");
        await backup.ok("restore", "--swap");
        expect(await server.query("SELECT count(*) FROM vv")).not.toBe("0");
        await backup.ok("restore", "--drop-old");
      });

      test("what the application writes before an interrupted swap goes on keeps it from nothing", async () => {
        await server.query("UPDATE child SET id = id + 1000");
        const old = await sums("app");
        const { old: before } = JSON.parse((await backup.ok("restore", "--prepare")).stdout);
        // Until the tables have moved; it begins after the first calls, and ends with more of them than this leaves out.
        for (let calls = 5; (await sums(before)) !== old; calls += 4) {
          expect((await killedAt(calls, calls === 5 ? "--swap" : "--resume")).exitCode).not.toBe(0);
        }
        await server.query("INSERT INTO parent (t) VALUES ('since')");
        await backup.ok("restore", "--resume");
        expect(await server.query("SELECT count(*) FROM parent WHERE t LIKE 'since%'")).toBe("1");
        await backup.ok("restore", "--drop-old");
      });

      test("a table in use is not waited for without end, and then nothing has changed", async () => {
        await backup.ok("restore", "--prepare");
        const before = await (server as Mysql).definitions("app");
        const using = server.query("BEGIN; SELECT * FROM child; SELECT sleep(600)").catch(() => undefined);
        const user = "FROM information_schema.processlist WHERE info LIKE 'SELECT sleep%'";
        await eventually(async () => expect(await server.query(`SELECT count(*) ${user}`)).toBe("1"));
        const refused = await backup.with({ SWAP_LOCK_SECONDS: "2" }).verb("restore", "--swap");
        expect(refused.stderr).toMatch(
          /\| \d+\troot\t[\s\S]*tables of app were in use for 2 seconds, and nothing was changed/,
        );
        expect(refused.exitCode).toBe(Exit.REFUSED);
        expect(await status()).toMatchObject({ step: "prepared" });
        expect(await (server as Mysql).definitions("app")).toBe(before);
        await server.query(`KILL ${await server.query(`SELECT id ${user}`)}`);
        await using;
        await backup.ok("restore", "--swap");
        await backup.ok("restore", "--drop-old");
      });
    }

    if (engine === "mariadb") {
      test("whatever kind it is, it moves: versioned tables with their history, sequences, packages", async () => {
        await server.query(data("mariadb"));
        const want = await kinds("app");
        expect((await backup.ok("backup")).stderr).toMatch(/no transactions[\s\S]*\| app.aria_table \(Aria\)/);
        expect(await backup.metrics()).toMatchObject({ tables_without_transactions: 1 });
        await backup.ok("verify");

        await server.query(
          "UPDATE versioned SET v = 'changed'; INSERT INTO versioned (v) VALUES ('new'); DROP PACKAGE pack",
        );
        const old = await kinds("app");
        const { old: before } = JSON.parse((await backup.ok("restore", "--prepare")).stdout);
        await backup.ok("restore", "--swap");
        expect(await kinds("app")).toBe(want);
        expect(await kinds(before)).toBe(old);
        await backup.ok("restore", "--drop-old");

        // The sequence goes on where it was, and is the one of this database.
        await server.query("INSERT INTO versioned (v) VALUES ('next')");
        expect(Number(await server.query("SELECT max(id) FROM versioned"))).toBeGreaterThan(1000);
        expect(await server.query("SELECT count(*) FROM from_sequence")).toBe("1");
      });
    }

    test("what was restored by mistake is exchanged for the data from before, and those for it, at will", async () => {
      await server.query("UPDATE child SET id = id + 5000");
      const [old, definitions] = [await identity("app"), await server.definitions("app")];
      await backup.ok("restore", "--prepare");
      const { old: before } = JSON.parse((await backup.ok("restore", "--swap")).stdout);
      const restored = await identity("app");
      expect(restored).not.toBe(old);
      const again = await backup.verb("restore", "--prepare");
      expect(again.stderr).toContain(`the old data of the restore from before is still there as ${before}`);
      expect(again.exitCode).toBe(Exit.REFUSED);

      // Killed at some points of it, as above.
      for (let [step, call] = ["--swap-back", 3]; ; call += 6) {
        if ((await killedAt(call, step)).exitCode === 0) break;
        expect([await identity("app"), await identity(before)]).toContain(old);
        if ((await status()).step === "swapping") step = "--resume";
        expect(call).toBeLessThan(MOST_CALLS);
      }
      const { old: aside } = await status();
      expect([await identity("app"), await identity(aside)]).toEqual([old, restored]);
      expect(await server.definitions("app")).toBe(definitions);

      await backup.ok("restore", "--swap-back");
      expect([await identity("app"), await identity(before)]).toEqual([restored, old]);
      await backup.ok("restore", "--swap-back");
      await backup.ok("restore", "--drop-old");
      expect(await identity("app")).toBe(old);
      expect(await server.definitions("app")).toBe(definitions);
    });

    test("nothing is swapped that was not prepared, and what was prepared can be given up", async () => {
      const nothing = await backup.verb("restore", "--swap");
      expect(nothing.exitCode).toBe(Exit.NOTHING_TO_RESTORE);
      await backup.ok("restore", "--prepare");
      await backup.ok("restore", "--abort");
      expect(await status()).toEqual({ step: null });
    });

    /** A step of a restore that is killed before the client's n-th call, as if the machine had lost power. */
    function killedAt(calls: number, step: string): Promise<Finished> {
      return backup
        .with({ DIE_AT: String(calls) })
        .mounting(`${folder}/${client}:/usr/local/sbin/${client}:ro`)
        .verb("restore", step);
    }

    async function status(): Promise<{ step: string | null; old: string }> {
      return JSON.parse((await backup.ok("restore", "--status")).stdout);
    }

    /** Every object by its kind, its definition, the history of rows, and what the sequence gives next. */
    async function kinds(database: string): Promise<string> {
      const answers = [
        `SELECT table_type, table_name FROM information_schema.tables WHERE table_schema = '${database}' ORDER BY 1, 2`,
        `SELECT routine_type, routine_name FROM information_schema.routines WHERE routine_schema = '${database}' ORDER BY 1, 2`,
        "SELECT *, row_start, row_end FROM versioned FOR SYSTEM_TIME ALL ORDER BY id, row_end",
        "SELECT next_not_cached_value FROM seq",
        "SHOW CREATE TABLE versioned",
        "SHOW CREATE SEQUENCE seq",
      ];
      const text =
        (await server.query(answers.join(";\n"), database)) + (await (server as Mysql).definitions(database));
      return text.replaceAll(database, "DATABASE");
    }

    /** What shows that these are the old data: in Postgres, whose old database lets nobody in, that it is the same one. */
    function identity(database: string): Promise<string> {
      if (engine !== "postgres") return sums(database);
      return server.query(`SELECT oid FROM pg_database WHERE datname = '${database}'`, "postgres");
    }

    /** Sums of the tables that matter here, or that there is no such database. */
    function sums(database: string): Promise<string> {
      const sum =
        engine === "postgres"
          ? Promise.all(["child", "parent"].map((table) => server.checksum(database, table))).then(String)
          : server.query("CHECKSUM TABLE child, parent, big EXTENDED", database);
      return sum.then(
        (text) => text.replaceAll(`${database}.`, ""),
        () => "none",
      );
    }
  },
);

/** Stands before the real client in the search path: its n-th call kills the verb. */
function dyingClient(client: string): string {
  return `#!/bin/bash
calls=$(($(cat /tmp/calls 2>/dev/null) + 1))
echo $calls >/tmp/calls
if ((calls == DIE_AT)); then kill -KILL -1; fi
PATH=\${PATH//\\/usr\\/local\\/sbin:/} exec ${client} "$@"
`;
}
