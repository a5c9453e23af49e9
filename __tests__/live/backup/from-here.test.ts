import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { attempt, run } from "../../../scripts/run";
import { bridgeAddress } from "../bridge";
import { freePort, REGISTRY } from "../deployment";
import { BackupContainer, backupImage, ensureNetwork, NETWORK, official, PASSWORDS } from "./backup-container";

jest.setTimeout(900_000);

const PROJECT = join(__dirname, "..", "..", "..");
const TSX = join(PROJECT, "node_modules", ".bin", "tsx");
const SERVER = "portolan-t-from-here-rest";
const ENVIRONMENT = "t-from-here";
const NAME = `chenu-${ENVIRONMENT}-db`;

describe("work on a repository from another machine than the host", () => {
  const folder = mkdtempSync(join(tmpdir(), "portolan-from-here-"));
  let backup: BackupContainer;
  let address: string;

  beforeAll(async () => {
    await ensureNetwork();
    await attempt("docker", ["rm", "--force", "--volumes", SERVER]);
    address = `${await bridgeAddress()}:${await freePort()}`;
    const options = ["--detach", "--name", SERVER, "--publish", `${address}:8000`, "--env", "DISABLE_AUTHENTICATION=1"];
    await run("docker", ["run", ...options, official("restic/rest-server:0.14.0")]);
    await run("docker", ["network", "connect", NETWORK, SERVER]);
    const settings = {
      NAME,
      ENGINE: "files",
      FILES: "/etc/apt",
      OFFSITE_REPOSITORY: `rest:http://${SERVER}:8000/${NAME}`,
    };
    backup = await BackupContainer.create(ENVIRONMENT, await backupImage("debian:13-slim"), settings);
    await backup.ok("backup");
    const data = {
      domain: "a.example",
      registry: REGISTRY,
      backups: { offsite: "rest:http://host.invalid", appendOnly: true },
    };
    writeFileSync(join(folder, `${ENVIRONMENT}.json`), JSON.stringify(data));
  });

  afterAll(async () => {
    await backup?.remove();
    await attempt("docker", ["rm", "--force", "--volumes", SERVER]);
    rmSync(folder, { recursive: true });
  });

  /** Types the command as somebody does who has the password, and a way to the server that the host has not. */
  function fromHere(work: string, password = PASSWORDS["offsite-password"]) {
    const words = ["from-here", ENVIRONMENT, work, "db", "--repository", `rest:http://${address}`];
    const env = { PORTOLAN_SYSTEM: "chenu", PORTOLAN_ENVIRONMENTS: folder, TF_VAR_DB_REPOSITORY_PASSWORD: password };
    return attempt(TSX, [join("scripts", "backup.ts"), ...words], { cwd: PROJECT, env });
  }

  test("lists, checks and prunes", async () => {
    const { stdout } = await fromHere("list");
    expect(JSON.parse(stdout)).toEqual(await backup.list("--offsite"));
    for (const work of ["check", "prune"]) expect(await fromHere(work)).toMatchObject({ exitCode: 0 });
  });

  test("retires passwords", async () => {
    await backup.ok("bash", "-c", "printf 'another-password-of-theirs\\n' | keys --add");
    const keys = async () => JSON.parse((await backup.script("repository offsite key list --json")).stdout).length;
    expect(await keys()).toBe(2);
    expect(await fromHere("retire-passwords")).toMatchObject({ exitCode: 0 });
    expect(await keys()).toBe(1);
  });

  test("with a wrong password: the verb's own exit code, and no password in what it says", async () => {
    const finished = await fromHere("list", "canary-wrong-password-5e1c");
    expect(finished.exitCode).toBe(13);
    expect(finished.stderr).toMatch(/does not open the repository/);
    expect(finished.stderr).not.toMatch(/canary/);
  });
});
