import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { attempt, run } from "../../../scripts/run";
import { secretsFile } from "../../../stacks/secrets-file";
import { damage } from "../backup/damage";
import { Deployment } from "../deployment";
import { publish } from "../releases";
import { Operator } from "./operator";

jest.setTimeout(1_200_000);

const SECRETS_FILE = join(__dirname, "..", "..", "..", secretsFile("chenu", "t-runbook"));

describe("the runbook's own commands", () => {
  let deployment: Deployment;
  let operator: Operator;
  /** A time at which everything was well. */
  let AT: string;

  beforeAll(async () => {
    await publish("good");
    deployment = await Deployment.create("t-runbook", { release: "good" });
    operator = new Operator(deployment);
    // The runbook is about a file of secrets.
    const lines = Object.entries(deployment.secrets).map(([name, value]) => `${name}="${value}"\n`);
    writeFileSync(SECRETS_FILE, lines.join(""), { mode: 0o600 });
    deployment.secrets = {};
    expect(await deployment.deploy()).toMatchObject({ exitCode: 0 });
    for (const title of ["One", "Two", "Three"]) await write(title);
    await operator.ok(operator.backup("now", "t-runbook"));
    AT = new Date().toISOString();
  });

  afterAll(async () => {
    rmSync(SECRETS_FILE, { force: true });
    await deployment?.remove();
  });

  test("one table: what was deleted comes back, then what was changed; what is new stays", async () => {
    const [restore, compare, missing, all, drop] = await operator.runbook("## One table restored");
    await operator.sql("DELETE FROM threads WHERE title = 'One'");
    await operator.sql("UPDATE threads SET title = 'Changed' WHERE title = 'Two'");
    await write("New");
    const TABLE = "public.threads";

    await operator.paste(restore as string, { AT });
    expect((await operator.paste(compare as string, { TABLE })).stdout).toBe("3\n3\n");
    expect((await operator.paste(missing as string, { TABLE })).stdout).toMatch(/INSERT 0 1\n$/);
    expect(await titles()).toEqual(["Changed", "New", "One", "Three"]);
    expect((await operator.paste(all as string, { TABLE })).stdout).toMatch(/INSERT 0 3\n$/);
    expect(await titles()).toEqual(["New", "One", "Three", "Two"]);
    await operator.paste(drop as string);
    expect(await operator.sql("SELECT count(*) FROM pg_database WHERE datname LIKE 'chenu%'")).toBe("1");
  });

  test("whole database", async () => {
    const [inPlace, , dropOld] = await operator.runbook("## Whole database");
    await operator.sql("DELETE FROM threads");
    expect((await operator.paste(inPlace as string, { AT })).stdout).toContain("Restored chenu: 3 rows in 1 table");
    expect(await titles()).toEqual(["One", "Three", "Two"]);
    await operator.paste(dropOld as string);
    expect(await operator.sql("SELECT count(*) FROM pg_database WHERE datname LIKE 'chenu%'")).toBe("1");
  });

  test("corrupted repository: found, put aside, begun anew, and its backups can still be tried", async () => {
    const [check, putAside, begin, old, remove] = await operator.runbook("## Corrupted repository");
    await operator.ok(operator.backup("now", "t-runbook"));
    const runs = JSON.parse((await inBackup("list")).stdout);
    await inBackup("bash", "-c", damage(runs.at(-1).run, "manifest", "content"));

    await expect(operator.paste(check as string)).rejects.toThrow(
      /ended with 21\n[\s\S]*the repository \/repository is damaged/,
    );
    await operator.paste(putAside as string);
    expect((await operator.paste(begin as string)).stderr).toMatch(/restores: 3 rows compared/);
    expect((await operator.paste(old as string, { SNAPSHOT: runs[0].run })).stderr).toMatch(
      /restores: \d+ rows compared/,
    );
    await expect(operator.paste(old as string, { SNAPSHOT: runs.at(-1).run })).rejects.toThrow(
      /ended with 16\n[\s\S]*cannot be read: its manifest is damaged in \/repository\/damaged/,
    );
    await operator.paste(remove as string);
    await operator.paste(check as string);
    AT = new Date().toISOString();
  });

  test("lost volume: the server is made anew, and has its rows again", async () => {
    const [logs, keep, prove, remove, deploy, restore] = await operator.runbook("## Lost volume");
    const volume = `${deployment.prefix}-db-data`;
    const server = `${deployment.prefix}-db`;
    const image = (await run("docker", ["inspect", "--format", "{{.Image}}", server])).stdout.trim();
    await run("docker", ["stop", server]);
    await run("docker", [
      "run",
      "--rm",
      "-u",
      "0",
      "-v",
      `${volume}:/d`,
      image,
      "sh",
      "-c",
      "find /d -name base -exec rm -r {} +",
    ]);
    await attempt("docker", ["start", server]);

    await operator.paste(logs as string);
    await operator.paste(keep as string);
    expect((await operator.paste(prove as string, { AT })).stderr).toMatch(/restores: 3 rows compared/);
    await operator.paste(remove as string);
    await operator.paste(deploy as string);
    expect(await operator.sql("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")).toBe("0");
    expect((await operator.paste(restore as string, { AT })).stdout).toContain("Restored chenu: 3 rows");
    expect(await titles()).toEqual(["One", "Three", "Two"]);
    await operator.ok(operator.restore("--drop-old", "--yes", "t-runbook"));
    await run("docker", ["volume", "rm", `${volume}-broken`]);
  });

  test("leaked repository password: only the new one opens it, and all backups are still there", async () => {
    const old = (await inBackup("cat", "/run/secrets/repository-password")).stdout;
    const before = (await inBackup("list")).stdout;
    const blocks = await operator.runbook("### The repositories' passwords");
    try {
      for (const block of blocks) await operator.paste(block);
    } finally {
      rmSync(`${SECRETS_FILE}.recovery-key`, { force: true });
    }

    expect(await opens(old)).toBe(false);
    expect(await opens((await inBackup("cat", "/run/secrets/repository-password")).stdout)).toBe(true);
    expect((await inBackup("list")).stdout).toBe(before);
    await operator.ok(operator.backup("now", "t-runbook"));
  });

  function inBackup(...command: string[]) {
    return run("docker", ["exec", `${deployment.prefix}-db-backup`, ...command]);
  }

  async function opens(password: string): Promise<boolean> {
    const script = "cat >/tmp/password; restic --no-cache --repo /repository --password-file /tmp/password cat config";
    const command = ["exec", "--interactive", `${deployment.prefix}-db-backup`, "sh", "-c", script];
    return (await attempt("docker", command, { input: password })).exitCode === 0;
  }

  async function write(title: string): Promise<void> {
    const body = { title, founding_intent: "To be read again", sphere_id: "personal" };
    expect((await deployment.ask("/api/v1/threads", { method: "POST", body })).status).toBe(201);
  }

  async function titles(): Promise<string[]> {
    const { body } = await deployment.ask("/api/v1/threads");
    return JSON.parse(body)
      .map(({ title }: { title: string }) => title)
      .sort();
  }
});
