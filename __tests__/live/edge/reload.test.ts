import { setTimeout as wait } from "node:timers/promises";
import { run } from "../../../scripts/run";
import type { Deployment } from "../deployment";
import { eventually } from "../eventually";
import { Client, type WebSocketClient } from "./client";
import { deployEdge } from "./edge";
import { Traffic } from "./traffic";
import { inConfigVolume } from "./volume";

jest.setTimeout(300_000);

const RELOADS = 50;
/** Old workers at which proxy.sh waits, one that has just become old, and the one that serves. */
const MOST_WORKERS = 14;
/** What nginx.conf says a worker has for its last clients. */
const SECONDS_OF_OLD_WORKERS = 60;

describe("a change of the configuration", () => {
  let deployment: Deployment;
  let client: Client;
  let traffic: Traffic | undefined;
  const sockets: WebSocketClient[] = [];

  beforeAll(async () => {
    deployment = await deployEdge("t-edge-l");
    client = new Client(deployment);
  });

  afterEach(() => traffic?.stop());
  afterAll(async () => {
    for (const socket of sockets) socket.close();
    await deployment?.remove();
  });

  test("is no error in the log: the deploy asks about it before there is an answer", async () => {
    expect(await log()).not.toContain("/tmp/status");
  });

  test(`loses no request and cuts nobody off, ${RELOADS} times under load`, async () => {
    for (let i = 0; i < 20; i++) sockets.push(await client.webSocket("/socket"));
    traffic = new Traffic(client, { perSecond: 300, connections: 30 });
    await traffic.more(300);
    const begin = performance.now();
    const reloads = inConfigVolume(
      deployment,
      `for i in $(seq ${RELOADS}); do put "again-$i" ''; until_version "again-$i"; done`,
    );
    let most = 0;
    let reloading = true;
    const counted = (async () => {
      for (; reloading; await wait(200)) most = Math.max(most, await workers());
    })();
    const downloads = await Promise.all([1, 2, 3, 4, 5].map(() => client.ask("/download?chunks=80&pause=0.1")));
    const reloaded = await reloads;
    reloading = false;
    await counted;
    expect(reloaded).toMatchObject({ exitCode: 0 });
    const seconds = (performance.now() - begin) / 1000;
    await traffic.more(300);
    await traffic.stop();

    console.info(
      `${RELOADS} reloads in ${seconds.toFixed(0)} s: ${traffic.failures.length} of ${traffic.outcomes.length} requests failed, at most ${most} workers`,
    );
    expect(traffic.failures).toEqual([]);
    expect(most).toBeGreaterThan(2);
    expect(most).toBeLessThanOrEqual(MOST_WORKERS);
    expect(downloads.map(({ body }) => body.length)).toEqual([80_000, 80_000, 80_000, 80_000, 80_000]);
    expect(sockets.filter(({ closedAt }) => closedAt < begin + SECONDS_OF_OLD_WORKERS * 1000)).toEqual([]);
    for (const socket of sockets) socket.close();
    await eventually(async () => expect(await workers()).toBe(1));
  });

  test("is refused when Nginx can't read it: the one before serves, even after a restart, and metric and log say so", async () => {
    await eventually(async () => expect(await metric("accepted")).toBe(1));
    const before = (await inConfigVolume(deployment, "version")).stdout;
    traffic = new Traffic(client, { perSecond: 50, connections: 10 });
    await inConfigVolume(deployment, "put broken 's/server_tokens off/server_token off/'");
    await eventually(async () => expect(await metric("accepted")).toBe(0));
    await traffic.more(50);
    await traffic.stop();
    expect(traffic.failures).toEqual([]);
    expect((await inConfigVolume(deployment, "version")).stdout).toBe(before);
    expect((await inConfigVolume(deployment, 'curl -fsS "$status/refused-broken"')).stdout).toContain(
      'unknown directive "server_token"',
    );
    expect(await log()).toMatch(/configuration broken refused: .*unknown directive "server_token"/);

    await run("docker", ["restart", `${deployment.prefix}-proxy`]);
    await eventually(async () => expect((await client.ask("/")).status).toBe(200));
    expect(await metric("accepted")).toBe(0);

    // As a deploy does that has failed by it: nothing newer is in use than before.
    await inConfigVolume(
      deployment,
      `point_at ${before}; while curl -fsS "$status/refused-broken"; do sleep 0.1; done`,
    );
    expect(await metric("accepted")).toBe(0);
    expect((await inConfigVolume(deployment, "version")).stdout).toBe(before);

    await inConfigVolume(deployment, "put mended ''; until_version mended");
    expect(await metric("accepted")).toBe(1);
  });

  async function workers(): Promise<number> {
    const { stdout } = await run("docker", ["top", `${deployment.prefix}-proxy`, "-eo", "pid,args"]);
    return stdout.match(/^\s*\d+\s+nginx: worker/gm)?.length ?? 0;
  }

  async function metric(name: string): Promise<number> {
    const file = `/metrics/${deployment.prefix}-proxy-config.prom`;
    const { stdout } = await run("docker", ["exec", `${deployment.prefix}-proxy`, "cat", file]);
    return Number(new RegExp(`^portolan_proxy_config_${name}\\{.*\\} (.*)$`, "m").exec(stdout)?.[1]);
  }

  async function log(): Promise<string> {
    return (await run("sh", ["-c", `docker logs ${deployment.prefix}-proxy 2>&1`])).stdout;
  }
});
