import { spawn } from "node:child_process";
import { run } from "../../scripts/run";
import { Deployment } from "./deployment";
import { eventually } from "./eventually";
import { publish } from "./releases";

jest.setTimeout(600_000);

describe("a deploy that is killed while it waits for a broken release", () => {
  let deployment: Deployment;

  beforeAll(async () => {
    await publish("good");
    await publish("broken", { fail: "500" });
    deployment = await Deployment.create("t-killed", { release: "good" });
    expect(await deployment.deploy()).toMatchObject({ exitCode: 0 });
  });

  afterAll(() => deployment?.remove());

  test("does not let it in the next time either, and makes way for a good one", async () => {
    deployment.configure({ release: "broken" });
    await deployment.synth();
    const terraform = spawn("terraform", ["apply", "-auto-approve", "-input=false"], {
      cwd: deployment.stack,
      env: deployment.processEnv,
      stdio: ["ignore", "pipe", "ignore"],
      detached: true,
    });
    let output = "";
    terraform.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      output += chunk;
    });
    await eventually(async () => expect(output).toMatch(/backend_service_1\S+: Provisioning with 'local-exec'/));
    // Its whole group, so that provider and waiting script are gone in the same moment.
    process.kill(-(terraform.pid ?? 0), "SIGKILL");
    await new Promise((resolve) => terraform.once("close", resolve));

    const again = await deployment.deploy();
    expect(again.exitCode).not.toBe(0);
    expect(again.stdout + again.stderr).toContain("does not answer its health check, so it gets no traffic");
    expect(JSON.parse((await deployment.ask("/api/health")).body)).toMatchObject({ version: "good" });

    deployment.configure({ release: "good" });
    expect(await deployment.deploy()).toMatchObject({ exitCode: 0 });
    expect(JSON.parse((await deployment.ask("/api/health")).body)).toMatchObject({ version: "good" });
    expect(await backends()).toHaveLength(1);
  });

  async function backends(): Promise<string[]> {
    const { stdout } = await run("docker", [
      "ps",
      "--format",
      "{{.Names}}",
      "--filter",
      `name=^${deployment.prefix}-backend-`,
    ]);
    return stdout.split("\n").filter((name) => /backend-\d+$/.test(name));
  }
});
