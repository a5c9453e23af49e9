import { Client, type WebSocketClient } from "../edge/client";
import { Traffic } from "../edge/traffic";
import { eventually } from "../eventually";
import { AcmeServer } from "./acme-server";
import { SecureSite } from "./secure-site";

jest.setTimeout(900_000);

/** Seconds: lego renews such a certificate after half of it. */
const LIFETIME = 90;

describe("a certificate that is about to end", () => {
  let site: SecureSite;
  let server: AcmeServer;
  let client: Client;

  beforeAll(async () => {
    site = await SecureSite.create("t-tls-renew");
    server = await AcmeServer.start(site.deployment.ports.http, LIFETIME);
    site.chooseAcme(server);
    await site.deploy();
    client = new Client(site.deployment);
  });

  afterAll(async () => {
    await site?.deployment.remove();
    await server?.stop();
  });

  test("is renewed, and the new one served, without a failed request or a cut WebSocket", async () => {
    const root = await server.root();
    const before = await site.trusted(root);
    const sockets = await Promise.all(Array.from({ length: 20 }, () => client.webSocket("/socket")));
    const traffic = new Traffic(client, { perSecond: 100, connections: 20 });
    try {
      expect(await echoed(sockets)).toBe(20);
      await eventually(async () => expect((await site.shown(root)).serial).not.toBe(before), 2 * LIFETIME);
      expect(await site.shown(root)).toMatchObject({ trusted: true });
      await traffic.more(500);
      expect(await echoed(sockets)).toBe(20);
    } finally {
      for (const socket of sockets) socket.close();
      await traffic.stop();
    }
    console.info(`through a renewal: ${traffic.failures.length} of ${traffic.outcomes.length} requests failed`);
    expect(traffic.failures).toEqual([]);
  });

  test("goes on being served while the ACME server is away, and is replaced when that is back", async () => {
    const root = await server.root();
    await site.trusted(root);
    await server.go();
    // One that came at the last moment is served by now.
    const failures = async () => (await site.metrics())["failures chenu.localhost"];
    await eventually(async () => expect(await failures()).toBeGreaterThan(0), 2 * LIFETIME);
    const last = await site.shown(root);
    await eventually(async () => {
      const metrics = await site.metrics();
      expect(metrics["failures chenu.localhost"]).toBeGreaterThan(1);
      expect(metrics["expiry_timestamp_seconds chenu.localhost"]).toBeLessThan(Date.now() / 1000);
    }, 3 * LIFETIME);
    expect((await site.shown(root)).serial).toBe(last.serial);
    expect((await client.ask("/")).status).toBe(200);
    expect(await site.logs(`${site.proxy}-acme`)).toMatch(
      /^chenu\.localhost: failure \d+, next try in \d+ s: .*connection refused$/m,
    );

    await server.come();
    const newRoot = await server.root();
    await eventually(async () => expect(await site.shown(newRoot)).toMatchObject({ trusted: true }), 5 * LIFETIME);
    await eventually(async () => expect(await site.metrics()).toMatchObject({ "failures chenu.localhost": 0 }));
  });
});

async function echoed(sockets: readonly WebSocketClient[]): Promise<number> {
  const answers = await Promise.all(sockets.map((socket) => socket.echo("still there")));
  return answers.filter((answer) => answer === "still there").length;
}
