import { createServer } from "node:net";
import { run } from "../../scripts/run";
import { Deployment, freePort, SECRETS } from "./deployment";
import { publish } from "./releases";

jest.setTimeout(600_000);

describe("a deploy that can't work", () => {
  let deployment: Deployment;

  beforeAll(async () => {
    await publish("good");
    deployment = await Deployment.create("t-faults", { release: "good" });
  });

  afterAll(() => deployment?.remove());

  test("says once that no engine answers, and where it looked", async () => {
    deployment.configure({ host: "unix:///nowhere/docker.sock" });
    const { exitCode, stdout, stderr } = await deployment.deploy();
    deployment.configure({ host: "local" });
    expect(exitCode).not.toBe(0);
    expect((stdout + stderr).split("unix:///nowhere/docker.sock is reachable")).toHaveLength(2);
    expect(await deployment.containers()).toEqual([]);
  });

  test("names a release that was never published, before anything is touched", async () => {
    deployment.configure({ release: "never-published" });
    const { exitCode, stdout, stderr } = await deployment.deploy();
    deployment.configure({ release: "good" });
    expect(exitCode).not.toBe(0);
    expect(stdout + stderr).toMatch(/fetch\s+image\s+version\s+chenu\/backend:never-published/);
    expect(await deployment.containers()).toEqual([]);
  });

  test("names the port of the host that is taken; the next deploy, with another one, mends it", async () => {
    const taken = await freePort();
    const squatter = createServer();
    await new Promise<void>((resolve) => squatter.listen(taken, "0.0.0.0", resolve));
    const ports = deployment.ports;
    deployment.configure({ ports: { http: ports.http, https: taken } });
    const { exitCode, stdout, stderr } = await deployment.deploy();
    await new Promise((resolve) => squatter.close(resolve));
    expect(exitCode).not.toBe(0);
    expect(stdout + stderr).toMatch(new RegExp(`0\\.0\\.0\\.0:${taken}.*address already in use`));

    deployment.configure({ ports });
    expect(await deployment.deploy()).toMatchObject({ exitCode: 0 });
    expect((await deployment.ask("/api/health")).status).toBe(200);
  });

  test("refuses to lose a data volume that was renamed in the code, and to destroy an environment with data", async () => {
    const id = await written();
    deployment.app = "__tests__/live/systems/renamed-database.ts";
    const names = ["PASSWORD", "ADMIN_PASSWORD", "BACKUP_PASSWORD"];
    const secrets = Object.fromEntries(names.map((name) => [`DATABASE_${name}`, "x".repeat(24)]));
    deployment.secrets = { ...SECRETS, ...secrets };
    const renamed = await deployment.deploy();
    deployment.app = undefined;
    expect(renamed.exitCode).not.toBe(0);
    expect(renamed.stdout + renamed.stderr).toMatch(/docker_volume\.protected.*\["chenu-t-faults-db-data"\]/);
    expect(renamed.stdout + renamed.stderr).toContain("prevent_destroy");

    const destroyed = await deployment.destroy();
    expect(destroyed.exitCode).not.toBe(0);
    expect(destroyed.stdout + destroyed.stderr).toContain("prevent_destroy");
    expect(JSON.parse((await deployment.ask(`/api/v1/threads/${id}`)).body)).toMatchObject({ title: "Precious" });
  });

  test("mends what an interrupted deploy left half done", async () => {
    const containers = await deployment.containers();
    await run("docker", ["rm", "-f", ...containers.filter((name) => /backend-\d|proxy$/.test(name))]);
    await run("docker", ["stop", `${deployment.prefix}-cache`]);
    expect(await deployment.deploy()).toMatchObject({ exitCode: 0 });
    expect(JSON.parse((await deployment.ask("/api/health")).body)).toMatchObject({ redis: "ok", database: "ok" });
  });

  test("destroys everything, data too, once the code has the explicit word", async () => {
    deployment.app = "__tests__/live/systems/disposable.ts";
    expect(await deployment.destroy()).toMatchObject({ exitCode: 0 });
    expect(await deployment.containers()).toEqual([]);
    const volumes = await run("docker", ["volume", "ls", "-q", "--filter", `name=^${deployment.prefix}-`]);
    expect(volumes.stdout).toBe("");
  });

  async function written(): Promise<string> {
    const thread = { title: "Precious", founding_intent: "Not to be lost", sphere_id: "personal" };
    return JSON.parse((await deployment.ask("/api/v1/threads", { method: "POST", body: thread })).body).id;
  }
});
