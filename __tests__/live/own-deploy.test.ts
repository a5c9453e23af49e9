import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { renameSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { attempt } from "../../scripts/run";
import { Deployment } from "./deployment";
import { eventually } from "./eventually";
import { Operator } from "./operate/operator";
import { publish } from "./releases";

jest.setTimeout(600_000);

const PROJECT = join(__dirname, "..", "..");
const SCRIPT = ["--import", "tsx", join("scripts", "deploy.ts")];

describe("npm run deploy, which needs no cdktf", () => {
  let deployment: Deployment;
  let operator: Operator;

  beforeAll(async () => {
    await publish("good");
    await publish("slow", { startDelay: 10 });
    await publish("broken", { fail: "500" });
    deployment = await Deployment.create("t-own", { release: "good" });
    operator = new Operator(deployment);
  });

  afterAll(() => deployment?.remove());

  test("changes nothing where nobody confirms what it will change", async () => {
    const { exitCode, stderr } = await attempt(process.execPath, [...SCRIPT, deployment.name], {
      cwd: PROJECT,
      env: deployment.processEnv as Record<string, string>,
    });
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`chenu/${deployment.name} will change:`);
    expect(stderr).toMatch(/^ {2}create {3}db\/server\/1$/m);
    expect(stderr).toContain(`nobody confirmed it; add --yes ${deployment.name}`);
    expect(await deployment.containers()).toEqual([]);
  });

  test("brings up everything, and then finds nothing to change, as cdktf does", async () => {
    expect(await operator.deploy()).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/✔.* Deploy/) });
    expect(JSON.parse((await deployment.ask("/api/health")).body)).toMatchObject({ status: "healthy" });
    expect((await operator.deploy()).stdout).toMatch(/✔.* Plan: no changes/);
    expect((await deployment.diff()).stdout).toContain("No changes.");
  });

  test("leaves no state that others may read", () => {
    expect(deployment.stateModes).toEqual({ tfstate: "600", "tfstate.backup": "600" });
  });

  test("makes nothing anew beside what is there, when the state knows nothing of it", async () => {
    const state = join(PROJECT, `terraform.chenu.${deployment.name}.tfstate`);
    renameSync(state, `${state}.elsewhere`);
    const { exitCode, stderr } = await operator.deploy();
    renameSync(`${state}.elsewhere`, state);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(
      /the host has containers of chenu\/t-own, like chenu-t-own-\S+, and the state knows nothing of them/,
    );
  });

  test("ends with the log lines of a release that never gets healthy, and the one before serves", async () => {
    deployment.configure({ release: "broken" });
    const { exitCode, stderr } = await operator.deploy();
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/Deploy: Error: local-exec provisioner error/);
    expect(stderr).toMatch(/chenu-t-own-backend-\d+ (was not healthy|is unhealthy)[\s\S]*Its last log lines:\n {2}\| /);
    expect(JSON.parse((await deployment.ask("/api/health")).body)).toMatchObject({ version: "good" });
  });

  test("stops in good order at Ctrl-C; the next deploy ends well", async () => {
    deployment.configure({ release: "slow" });
    const child = spawn(process.execPath, [...SCRIPT, deployment.name, "--yes", deployment.name], {
      cwd: PROJECT,
      env: deployment.processEnv,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const said = collected(child);
    await eventually(async () => expect(said()).toContain("creating backend/service/1"));
    child.kill("SIGINT");
    const [code] = await once(child, "close");
    expect({ code, said: said() }).toMatchObject({ code: 130, said: expect.stringContaining("interrupted") });
    expect(JSON.parse((await deployment.ask("/api/health")).body)).toMatchObject({ version: "good" });

    await operator.ok(operator.deploy());
    expect(JSON.parse((await deployment.ask("/api/health")).body)).toMatchObject({ version: "slow" });
  });

  test("says what to type when a port of the host is taken", async () => {
    const { ports } = deployment;
    const squatter = createServer();
    await new Promise<void>((resolve) => squatter.listen(0, "0.0.0.0", resolve));
    deployment.configure({ ports: { http: ports.http, https: (squatter.address() as AddressInfo).port } });
    const { exitCode, stderr } = await operator.deploy();
    await new Promise((resolve) => squatter.close(resolve));
    deployment.configure({ ports });
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/What to do: stop what uses port \d+ of the host, or choose other "ports"/);
    await operator.ok(operator.deploy());
  });

  test("plans nothing for an engine that cannot be reached", async () => {
    deployment.configure({ host: "unix:///nowhere/docker.sock" });
    const { exitCode, stderr } = await operator.deploy();
    deployment.configure({ host: "local" });
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(
      /Plan: the Docker Engine of this machine cannot be reached:\n.*unix:\/\/\/nowhere\/docker\.sock/,
    );
  });
});

function collected({ stdout, stderr }: ChildProcess): () => string {
  let text = "";
  for (const stream of [stdout, stderr]) stream?.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
  return () => text;
}
