import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { attempt, run } from "../../../scripts/run";
import { secretsFile } from "../../../stacks/secrets-file";
import { official } from "../backup/backup-container";
import { bridgeAddress } from "../bridge";
import { Deployment, freePort } from "../deployment";
import { eventually } from "../eventually";
import { publish } from "../releases";
import { Operator } from "./operator";

jest.setTimeout(1_200_000);

const NAME = "t-rotation";
const REST = "portolan-t-rotation-rest";
const PROJECT = join(__dirname, "..", "..", "..");
const FILE = join(PROJECT, secretsFile("chenu", NAME));
const KEY_FILE = join(PROJECT, `.env.chenu.${NAME}.recovery-key`);

/** Every backup there is, read out of both repositories with what the container has; prints its sum. */
const RESTORE_ALL = `
set -- restore; cd /opt/backup/bin
. /opt/backup/lib/common.sh
make_work
for WHICH in local offsite; do
  runs "$WHICH" | jq --compact-output '.[]' >"$WORK/all"
  while read -r -u 3 RUN; do
    echo "$WHICH $(jq -r .run <<<"$RUN") $(read_part chenu.dump | sha256sum)"
  done 3<"$WORK/all"
done`;

/** Where a server without passwords is, for the containers on this machine. */
async function serveRest(): Promise<string> {
  await attempt("docker", ["rm", "--force", "--volumes", REST]);
  const address = `${await bridgeAddress()}:${await freePort()}`;
  const options = ["--detach", "--name", REST, "--publish", `${address}:8000`, "--env", "DISABLE_AUTHENTICATION=1"];
  await run("docker", ["run", ...options, official("restic/rest-server:0.14.0")]);
  return `http://${address}`;
}

describe("a password of backups that changes", () => {
  let deployment: Deployment;
  let operator: Operator;
  let container: string;
  /** What RESTORE_ALL prints while all is well. */
  let all: string;
  let first: string;

  beforeAll(async () => {
    rmSync(FILE, { force: true });
    rmSync(KEY_FILE, { force: true });
    await publish("good");
    const offsite = `rest:${await serveRest()}`;
    deployment = await Deployment.create(NAME, { release: "good", backups: { offsite } });
    operator = new Operator(deployment);
    container = `${deployment.prefix}-db-backup`;
    // As it was before each database had a password of its own.
    const secrets = { ...deployment.secrets, OFFSITE_USERNAME: "nobody", OFFSITE_HTTP_PASSWORD: "asks for it" };
    writeFileSync(FILE, lines(secrets), { mode: 0o600 });
    first = readFileSync(FILE, "utf8");
    deployment.secrets = {};
    await deployment.mustDeploy();
    for (const _ of [1, 2, 3]) await operator.ok(operator.backup("now", NAME));
    all = await restored();
    expect(all.split("\n").filter(Boolean)).toHaveLength(6);
  });

  afterAll(async () => {
    rmSync(FILE, { force: true });
    rmSync(KEY_FILE, { force: true });
    await deployment?.remove();
    await attempt("docker", ["rm", "--force", "--volumes", REST]);
  });

  test.each([
    ["changed", /^(BACKUP_PASSWORD=")/m, "$1another-"],
    ["removed and generated", /^BACKUP_PASSWORD=.*\n/m, ""],
  ])("by hand, %s: a deploy stops before it changes anything, and says what to type", async (_, line, by) => {
    const before = await deployment.containers();
    writeFileSync(FILE, first.replace(line, by));
    await operator.ok(operator.secrets("generate", NAME));
    const { exitCode, stdout, stderr } = await deployment.deploy();
    writeFileSync(FILE, first);
    expect(exitCode).toBe(1);
    expect((stdout + stderr).replace(/[\s│]+/g, " ")).toMatch(
      /Secret DB_REPOSITORY_PASSWORD of environment t-rotation is not the password of the backups .* type: npm run secrets -- rotate t-rotation db/,
    );
    expect(await deployment.containers()).toEqual(before);
  });

  test("has a key beside it, which is kept offline", async () => {
    await operator.ok(operator.secrets("recovery-key", NAME, "--file", KEY_FILE));
    expect(await opens(valueIn(KEY_FILE, "RECOVERY_KEY"))).toEqual([true, true]);
    // Again, for a database that came later.
    await operator.ok(operator.secrets("recovery-key", NAME, "--file", KEY_FILE));
    expect(await keys()).toEqual([2, 2]);
  });

  test("by a rotation that is killed at each step: every backup restores before, during and after", async () => {
    const old = valueIn(FILE, "BACKUP_PASSWORD");
    const begin = ["rotate", NAME, "db"];
    await killed(begin, () => readFileSync(FILE, "utf8").includes("DB_REPOSITORY_PASSWORD_NEXT="));
    expect(await restored()).toBe(all);
    const next = valueIn(FILE, "DB_REPOSITORY_PASSWORD_NEXT");
    for (const word of [/local: opens/, /offsite: opens/]) {
      await killed(begin, (said) => word.test(said));
      expect(await restored()).toBe(all);
    }
    expect(await opens(next)).toEqual([true, true]);
    await operator.secrets(...begin);
    expect(valueIn(FILE, "DB_REPOSITORY_PASSWORD")).toBe(next);
    expect(await opens(old)).toEqual([true, true]);

    // Not deployed yet: neither is another begun, nor this one ended.
    for (const words of [begin, [...begin, "--finish"]]) {
      const { exitCode, stderr } = await operator.secrets(...words);
      expect(stderr).toMatch(/type: PORTOLAN_SYSTEM=chenu npm run deploy -- t-rotation/);
      expect(exitCode).toBe(1);
    }
    await deployment.mustDeploy();
    await killed([...begin, "--finish"], (said) => /local: one password fewer/.test(said));
    expect(await restored()).toBe(all);
    await operator.ok(operator.secrets(...begin, "--finish"));
    expect(await opens(old)).toEqual([false, false]);
    expect(await opens(next)).toEqual([true, true]);
    expect(await opens(valueIn(KEY_FILE, "RECOVERY_KEY"))).toEqual([true, true]);
    expect(await keys()).toEqual([2, 2]);
    expect(await restored()).toBe(all);
    await operator.ok(operator.backup("verify", NAME, "--offsite"));
    expect((await operator.secrets("check", NAME)).stderr).toMatch(/nothing needs BACKUP_PASSWORD in line/);
  });

  test("a file from before the rotation deploys nothing", async () => {
    const now = readFileSync(FILE, "utf8");
    writeFileSync(FILE, first);
    const { exitCode, stdout, stderr } = await deployment.deploy();
    writeFileSync(FILE, now);
    expect(exitCode).toBe(1);
    expect((stdout + stderr).replace(/[\s│]+/g, " ")).toMatch(
      /DB_REPOSITORY_PASSWORD_ROTATIONS\[0\] has lifecycle.prevent_destroy/,
    );
  });

  test("is lost everywhere: the key that was kept offline opens them again", async () => {
    const lost = valueIn(FILE, "DB_REPOSITORY_PASSWORD");
    await operator.ok(operator.secrets("rotate", NAME, "--lost", "--yes", NAME));
    await deployment.mustDeploy();
    expect((await operator.backup("now", NAME)).exitCode).toBe(13);
    expect((await operator.secrets("rotate", NAME)).exitCode).toBe(13);
    await operator.ok(operator.secrets("rotate", NAME, "--recovery-key", KEY_FILE));
    await deployment.mustDeploy();
    await operator.ok(operator.secrets("rotate", NAME, "--finish"));
    expect(await restored()).toBe(all);
    expect(await opens(lost)).toEqual([false, false]);
    await operator.ok(operator.backup("now", NAME));
  });

  /** Types a command, and kills it, and what it runs in the container, once something has come about. */
  async function killed(words: string[], when: (said: string) => boolean): Promise<void> {
    const args = ["--import", "tsx", join("scripts", "secrets.ts"), ...words];
    const child: ChildProcess = spawn(process.execPath, args, { cwd: PROJECT, env: deployment.processEnv });
    let said = "";
    child.stderr?.on("data", (chunk: Buffer) => (said += chunk));
    child.stdout?.resume();
    const ended = new Promise((resolve) => child.once("close", resolve));
    try {
      await eventually(async () => {
        if (!when(said)) throw new Error(`it has not come to it; it said:\n${said}`);
      }, 120);
    } finally {
      child.kill("SIGKILL");
      await attempt("docker", ["exec", container, "pkill", "-KILL", "-f", "bin/keys|restic"]);
      await ended;
    }
  }

  async function restored(): Promise<string> {
    return (await run("docker", ["exec", container, "bash", "-c", RESTORE_ALL])).stdout;
  }

  /** Whether a password opens the repository here, and the one elsewhere. */
  async function opens(password: string): Promise<boolean[]> {
    return Promise.all(
      (await repositories()).map(async (repository) => {
        const script = 'restic --no-cache --repo "$0" --password-file /dev/stdin cat config';
        const command = ["exec", "--interactive", container, "sh", "-c", script, repository];
        return (await attempt("docker", command, { input: password })).exitCode === 0;
      }),
    );
  }

  async function keys(): Promise<number[]> {
    return Promise.all(
      (await repositories()).map(async (repository) => {
        const list = `restic --no-cache --repo ${repository} --password-file /run/secrets/repository-password key list --json`;
        return JSON.parse((await run("docker", ["exec", container, "sh", "-c", list])).stdout).length;
      }),
    );
  }

  async function repositories(): Promise<string[]> {
    const { stdout } = await run("docker", ["exec", container, "printenv", "REPOSITORY", "OFFSITE_REPOSITORY"]);
    return stdout.trim().split("\n");
  }
});

function lines(secrets: Readonly<Record<string, string>>): string {
  return Object.entries(secrets)
    .map(([name, value]) => `${name}="${value}"\n`)
    .join("");
}

function valueIn(file: string, name: string): string {
  const [, value] = new RegExp(`^${name}="(.*)"$`, "m").exec(readFileSync(file, "utf8")) ?? [];
  if (!value) throw new Error(`${file} has no ${name}`);
  return value;
}
