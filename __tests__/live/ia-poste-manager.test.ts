import { type Finished, run } from "../../scripts/run";
import { BACKUP, NEEDED } from "../../scripts/setup/images/catalogue";
import { ensureStandIns } from "../../scripts/setup/images/images";
import { canaries, Deployment } from "./deployment";
import { Operator } from "./operate/operator";
import { publishPart } from "./releases";

jest.setTimeout(600_000);

const ENVIRONMENT = "t-ia";
const IA_POSTE_MANAGER = {
  system: "ia-poste-manager",
  secrets: canaries("BACKUP_PASSWORD", "OPENAI_API_KEY", "SECRET_KEY", "SMTP_PASSWORD"),
};
const EMAIL = { recipient: "zoé@example.com", subject: "Réponse à votre lettre 📮", body: "Bonjour,\n…" };
const ACCOUNT = { name: "Zoé", signature: "Bien à vous,\nZoé", smtp: { server: "smtp.example.com", port: 587 } };

describe("IAPosteManager on a real engine", () => {
  let deployment: Deployment;

  beforeAll(async () => {
    await ensureStandIns(() => undefined, [...NEEDED, ...BACKUP]);
    for (const release of ["one", "two"]) await publishPart("ia-poste-manager/app", release, [`RELEASE=${release}`]);
    deployment = await Deployment.create(ENVIRONMENT, { release: "one" }, IA_POSTE_MANAGER);
    expect(await deployment.deploy()).toMatchObject({ exitCode: 0 });

    expect((await deployment.ask("/api/emails", { method: "POST", body: EMAIL })).status).toBe(201);
    expect((await deployment.ask("/api/config/account", { method: "PUT", body: ACCOUNT })).status).toBe(200);
  });

  afterAll(() => deployment?.remove());

  test("answers over HTTPS, and a health check asks the database", async () => {
    expect(await answer("/health")).toEqual({ status: "healthy", database: "ok", version: "one" });
    await expectData();
  });

  test("has nothing to change right after it was deployed", async () => {
    const diff = await deployment.diff();
    expect(diff.exitCode).toBe(0);
    expect(diff.stdout).toContain("No changes.");
  });

  test("backs everything up before a release, which keeps emails and settings", async () => {
    const began = Math.floor(Date.now() / 1000);
    deployment.configure({ release: "two" });
    expect(await deployment.deploy()).toMatchObject({ exitCode: 0 });
    expect(await answer("/health")).toMatchObject({ version: "two" });
    await expectData();
    expect(await newestBackup("db")).toBeGreaterThanOrEqual(began);
    expect(await newestBackup("config")).toBeGreaterThanOrEqual(began);
  });

  test("brings back emails and settings that were deleted, by the runbook", async () => {
    const operator = new Operator(deployment);
    expect(await operator.backup("now", ENVIRONMENT)).toMatchObject({ exitCode: 0 });
    const AT = new Date().toISOString();

    const app = await deployment.container("app");
    const deletion =
      'import sqlite3; sqlite3.connect("/app/data/iaposte.db", autocommit=True).execute("DELETE FROM emails")';
    await run("docker", ["exec", app, "python", "-c", deletion]);
    await run("docker", ["exec", app, "rm", "/app/config/account.json"]);
    expect([await answer("/api/emails"), await answer("/api/config/account")]).toEqual([[], {}]);

    for (const heading of ["## Whole database", "### All of config"]) {
      const [inPlace = "", , dropOld = ""] = await operator.runbook(heading);
      expect((await operator.paste(inPlace, { AT })).stdout).toMatch(/^Restored \S+: 1 (row|file) /m);
      await operator.paste(dropOld);
    }
    await expectData();
  });

  test("brings back a database whose file is damaged", async () => {
    expect(await new Operator(deployment).backup("now", ENVIRONMENT, "db")).toMatchObject({ exitCode: 0 });
    const overwrite = ["dd", "if=/dev/zero", "of=/app/data/iaposte.db", "bs=4096", "count=2", "conv=notrunc"];
    await run("docker", ["exec", await deployment.container("app"), ...overwrite]);
    expect((await deployment.ask("/health")).status).toBe(503);

    // What is there can't be backed up first any more, which takes an explicit word.
    expect((await restore("db", "--in-place", "--yes", ENVIRONMENT)).exitCode).not.toBe(0);
    expect(await restore("db", "--resume", "--no-safety-backup")).toMatchObject({ exitCode: 0 });
    await expectData();
  });

  function restore(name: string, ...words: string[]): Promise<Finished> {
    return new Operator(deployment).restoreOf(name, ...words);
  }

  async function answer(path: string): Promise<unknown> {
    return JSON.parse((await deployment.ask(path)).body);
  }

  async function expectData(): Promise<void> {
    expect(await answer("/api/emails")).toEqual([expect.objectContaining(EMAIL)]);
    expect(await answer("/api/config/account")).toEqual(ACCOUNT);
  }

  /** When it was made, in seconds. */
  async function newestBackup(name: string): Promise<number> {
    const { stdout } = await run("docker", ["exec", `${deployment.prefix}-${name}-backup`, "list"]);
    return JSON.parse(stdout).at(-1).time;
  }
});
