import { run } from "../../../scripts/run";
import type { Deployment } from "../deployment";
import { eventually } from "../eventually";
import { Client } from "./client";
import { deployEdge } from "./edge";
import { Traffic } from "./traffic";

jest.setTimeout(300_000);

/** Seconds after which nobody may be sent to a replica that is gone or hangs. */
const OFF = 2;
/** Seconds that the route "/api/" gives an answer. */
const GIVEN = 3;

describe("with one of three replicas", () => {
  let deployment: Deployment;
  let client: Client;
  let traffic: Traffic | undefined;

  beforeAll(async () => {
    deployment = await deployEdge("t-edge-u", { sizes: { api: { replicas: 3 } } });
    client = new Client(deployment);
  });

  afterEach(() => traffic?.stop());
  afterAll(() => deployment?.remove());

  test("killed, no read fails, no write is executed twice, and none gets to it after two seconds", async () => {
    const [victim = ""] = await replicas();
    traffic = new Traffic(client, { perSecond: 150, connections: 60 });
    await traffic.more(300);
    const pid = await pidOf(victim);
    process.kill(pid, "SIGKILL");
    const since = performance.now();
    await traffic.more(600);
    await traffic.stop();

    expect(traffic.failures.filter(({ method }) => method === "GET")).toEqual([]);
    // Those that it was busy with: their clients learn that nobody knows.
    expect(traffic.failures.every(({ result }) => result === 502)).toBe(true);
    expect(traffic.failures.every(({ start }) => start < since + 2000)).toBe(true);
    expect(traffic.failures.length).toBeLessThan(10);
    await expectNoRowTwice(traffic);
  });

  test("hanging, no read fails, no write is executed twice, and nobody waits for it after two seconds", async () => {
    await eventually(async () => expect((await replicas()).length).toBe(3));
    const [victim = ""] = await replicas();
    const hostName = (await run("docker", ["inspect", "-f", "{{.Config.Hostname}}", victim])).stdout.trim();
    const hung = new Traffic(client, { perSecond: 150, connections: 400, prefix: "/api/" });
    traffic = hung;
    await eventually(async () => expect(hung.outcomes.some(({ by }) => by === hostName)).toBe(true));
    const pid = await pidOf(victim);
    process.kill(pid, "SIGSTOP");
    const since = performance.now();
    try {
      await hung.more(1200);
    } finally {
      process.kill(pid, "SIGCONT");
    }
    await eventually(async () =>
      expect(hung.outcomes.some(({ by, start }) => by === hostName && start > since)).toBe(true),
    );
    await hung.stop();

    expect(hung.failures.filter(({ method }) => method === "GET")).toEqual([]);
    // Who gets to it waits for all of the time that the route gives.
    const late = hung.outcomes.filter(({ start, seconds }) => start > since + OFF * 1000 && seconds >= GIVEN);
    expect(late).toEqual([]);
    const kept = hung.failures.map(({ result }) => result);
    console.info(`a replica that hung: ${kept.length} of ${hung.outcomes.length} requests failed, all of them writes`);
    await expectNoRowTwice(hung);
  });

  async function replicas(): Promise<string[]> {
    const { stdout } = await run("docker", [
      "ps",
      "--format",
      "{{.Names}}",
      "--filter",
      `name=^${deployment.prefix}-api-`,
    ]);
    return stdout.split("\n").filter(Boolean).sort();
  }

  /** The application itself: its container's first process is an init. */
  async function pidOf(container: string): Promise<number> {
    const { stdout } = await run("docker", ["top", container, "-eo", "pid,comm"]);
    return Number(/^\s*(\d+)\s+python3/m.exec(stdout)?.[1]);
  }

  async function expectNoRowTwice(traffic: Traffic): Promise<void> {
    const logs = await Promise.all((await replicas()).map((name) => run("docker", ["logs", name])));
    const rows = logs.flatMap(({ stdout }) => stdout.match(/(?<=^row ).*$/gm) ?? []);
    expect(rows.length).toBe(new Set(rows).size);
    expect(traffic.written.filter((row) => !rows.includes(row))).toEqual([]);
    expect(traffic.written.length).toBeGreaterThan(100);
  }
});
