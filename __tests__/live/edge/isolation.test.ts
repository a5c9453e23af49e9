import { attempt, run } from "../../../scripts/run";
import { Deployment } from "../deployment";
import { eventually } from "../eventually";
import { Client } from "./client";
import { ADMIN_PASSWORD } from "./edge";
import { Traffic } from "./traffic";

jest.setTimeout(400_000);

describe("an application", () => {
  let deployment: Deployment;
  let client: Client;
  let traffic: Traffic | undefined;

  beforeAll(async () => {
    deployment = await Deployment.create("t-edge-i");
    deployment.app = "__tests__/live/systems/guards.ts";
    deployment.secrets = { ADMIN_PASSWORD };
    deployment.extraEnv = { GUARDS_WITHOUT: "flask" };
    await deployment.mustDeploy();
    client = new Client(deployment);
  });

  afterEach(() => traffic?.stop());
  afterAll(() => deployment?.remove());

  test("that gets a route is joined by the proxy as it runs, and no request is lost", async () => {
    const proxy = await idOfProxy();
    traffic = new Traffic(client, { perSecond: 200, connections: 30, host: `express.${deployment.domain}` });
    await traffic.more(200);
    deployment.extraEnv = {};
    await deployment.mustDeploy();
    await traffic.more(200);
    await traffic.stop();

    console.info(`a route added: ${traffic.failures.length} of ${traffic.outcomes.length} requests failed`);
    expect(traffic.failures).toEqual([]);
    expect(await idOfProxy()).toBe(proxy);
    expect((await flask()).status).toBe(401);
    expect((await deployment.terraform("plan", "-detailed-exitcode")).exitCode).toBe(0);
  });

  test("is not reached by another, whatever headers that one makes up", async () => {
    const addresses = await addressesOf("flask");
    expect(addresses.length).toBeGreaterThan(0);
    const urls = [await deployment.container("flask"), ...addresses].map((host) => `http://${host}:3000/admin/users`);
    for (const url of urls) {
      const { stdout } = await attempt("docker", [
        "exec",
        await deployment.container("express"),
        "node",
        "-e",
        FORGED,
        url,
      ]);
      expect({ url, stdout: stdout.trim() }).toEqual({ url, stdout: "not reached" });
    }
  });

  test("is found again by a proxy that was restarted, or made anew", async () => {
    await run("docker", ["restart", `${deployment.prefix}-proxy`]);
    await eventually(async () => expect((await flask()).status).toBe(401));
    await run("docker", ["rm", "-f", `${deployment.prefix}-proxy`]);
    await deployment.mustDeploy();
    await eventually(async () => expect((await flask()).status).toBe(401));
  });

  test("leaves its network when it is the last to go, and so does the proxy", async () => {
    const proxy = await idOfProxy();
    deployment.extraEnv = { GUARDS_WITHOUT: "all" };
    await deployment.mustDeploy();
    const named = ["--format", "{{.Name}}", "--filter", `name=^${deployment.prefix}-network`];
    expect((await run("docker", ["network", "ls", ...named])).stdout.trim()).toBe(`${deployment.prefix}-network`);
    expect(await idOfProxy()).toBe(proxy);
  });

  async function flask() {
    return client.ask("/admin/users", { host: `flask.${deployment.domain}` });
  }

  async function idOfProxy(): Promise<string> {
    const format = "{{.Id}} {{.State.StartedAt}}";
    return (await run("docker", ["inspect", "-f", format, `${deployment.prefix}-proxy`])).stdout;
  }

  async function addressesOf(path: string): Promise<string[]> {
    const format = "{{range .NetworkSettings.Networks}}{{println .IPAddress}}{{end}}";
    const { stdout } = await run("docker", ["inspect", "-f", format, await deployment.container(path)]);
    return stdout.split("\n").filter(Boolean);
  }
});

const FORGED = `fetch(process.argv[1], { headers: { "x-forwarded-for": "127.0.0.1", "x-forwarded-user": "admin" }, signal: AbortSignal.timeout(3000) })
  .then((answer) => answer.text(), () => "not reached").then(console.log)`;
