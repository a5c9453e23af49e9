import { run } from "../../scripts/run";
import { Deployment } from "./deployment";
import { Load } from "./load";
import { publish } from "./releases";

jest.setTimeout(900_000);

describe("a deploy under load", () => {
  let deployment: Deployment;
  let load: Load | undefined;

  beforeAll(async () => {
    await publish("good");
    await publish("slow", { startDelay: 5 });
    await publish("broken", { fail: "500" });
    await publish("unmigratable", { fail: "migrate" });
    deployment = await Deployment.create("t-load", { release: "good" });
  });

  afterAll(async () => {
    await load?.stop();
    await deployment?.remove();
  });

  test("loses no request and no row: with a slow release, a broken one, a failed migration, and a good one after each", async () => {
    expect(await deployment.deploy()).toMatchObject({ exitCode: 0 });
    load = await Load.start(deployment, 200);
    await load.more(400);

    expect(await deploy("slow")).toMatchObject({ exitCode: 0 });
    expect(await version()).toBe("slow");

    const broken = await deploy("broken");
    expect(broken.exitCode).not.toBe(0);
    expect(broken.stdout + broken.stderr).toMatch(
      /chenu-t-load-backend-\d+ (is unhealthy|was not healthy).*last log lines/s,
    );
    expect(await version()).toBe("slow");

    // The rollback: what it brings back is still there, next to the release that failed.
    expect(await deploy("slow")).toMatchObject({ exitCode: 0 });
    expect(await version()).toBe("slow");

    const unmigratable = await deploy("unmigratable");
    expect(unmigratable.exitCode).not.toBe(0);
    expect(unmigratable.stdout + unmigratable.stderr).toContain("migration failed");
    expect(await version()).toBe("slow");

    expect(await deploy("good")).toMatchObject({ exitCode: 0 });
    expect(await version()).toBe("good");
    await load.more(400);

    const result = await load.stop();
    console.info(`under load: ${result.failed} of ${result.requests} requests failed, ${result.inserted} rows`);
    expect(result).toMatchObject({ failed: 0, failures: [] });
    // Each of the ten connections may have been cut between a row and the answer about it.
    expect(await rows()).toBeGreaterThanOrEqual(result.inserted + 1);
    expect(await rows()).toBeLessThanOrEqual(result.inserted + 1 + 10);
    expect((await deployment.containers()).filter((name) => /backend-\d+$/.test(name))).toHaveLength(1);
  });

  function deploy(release: string) {
    deployment.configure({ release });
    return deployment.deploy();
  }

  async function version(): Promise<string> {
    return JSON.parse((await deployment.ask("/api/health")).body).version;
  }

  async function rows(): Promise<number> {
    const sql = ["psql", "-tAU", "postgres", "chenu", "-c", "select count(*) from threads"];
    return Number((await run("docker", ["exec", `${deployment.prefix}-db`, ...sql])).stdout);
  }
});
