import { connect, type TLSSocket } from "node:tls";
import type { Deployment } from "../deployment";
import { eventually } from "../eventually";
import { Client } from "./client";
import { deployEdge } from "./edge";

jest.setTimeout(300_000);

describe("a proxy with many clients", () => {
  let deployment: Deployment;
  let client: Client;

  beforeAll(async () => {
    deployment = await deployEdge("t-edge-c");
    client = new Client(deployment);
  });

  afterAll(() => deployment?.remove());

  test("limits one that asks too much, after its burst, and no other", async () => {
    const from = (address: string, requests: number) =>
      Promise.all(
        Array.from({ length: requests }, async () => {
          return (await client.ask("/login", { headers: { "x-forwarded-for": address } })).status;
        }),
      );
    const [greedy, modest] = await Promise.all([from("198.51.100.1", 20), from("198.51.100.2", 3)]);
    // One a second and a burst of three; some seconds may pass meanwhile on a busy machine.
    expect(greedy.filter((status) => status === 200).length).toBeGreaterThanOrEqual(4);
    expect(greedy.filter((status) => status === 200).length).toBeLessThan(10);
    expect(new Set(greedy)).toEqual(new Set([200, 429]));
    expect(modest).toEqual([200, 200, 200]);
  });

  test("takes all addresses of an IPv6 network for one client, however they are written", async () => {
    const statuses = async (address: (number: number) => string) =>
      Promise.all(
        Array.from({ length: 20 }, async (_, number) => {
          return (await client.ask("/login", { headers: { "x-forwarded-for": address(number) } })).status;
        }),
      );
    const served = async (address: (number: number) => string) =>
      (await statuses(address)).filter((status) => status === 200).length;
    expect(await served((number) => `2001:db8:1:2:3:4:5:${number + 1}`)).toBeLessThan(10);
    expect(await served((number) => `2001:db8:1::${number + 1}`)).toBeLessThan(10);
    expect(await served((number) => `2001:db8:2:${number + 1}::1`)).toBe(20);
    expect(await served((number) => `::ffff:198.51.100.${number + 100}`)).toBe(20);
  });

  test("is not stopped by a thousand that never come to the point, and gets rid of them", async () => {
    const slow = await Promise.all(Array.from({ length: 1000 }, () => dawdle()));
    const trickle = setInterval(() => {
      for (const socket of slow) if (socket.writable) socket.write("X-Slow: a\r\n");
    }, 2000);
    try {
      expect((await client.ask("/")).status).toBe(200);
      expect(slow.some(({ closed }) => !closed)).toBe(true);
      for (let i = 0; i < 20; i++) expect((await client.ask("/")).status).toBe(200);
      await eventually(async () => expect(slow.filter(({ closed }) => !closed).length).toBe(0), 30);
    } finally {
      clearInterval(trickle);
      for (const socket of slow) socket.destroy();
    }
  });

  /** Begins a request, and goes on with it for ever. */
  function dawdle(): Promise<TLSSocket> {
    const { domain, ports } = deployment;
    return new Promise((resolve, reject) => {
      const socket = connect({ port: ports.https, host: "127.0.0.1", servername: domain, rejectUnauthorized: false });
      socket.on("secureConnect", () => {
        socket.write(`GET / HTTP/1.1\r\nHost: ${domain}\r\n`);
        resolve(socket);
      });
      socket.on("error", reject).resume();
    });
  }
});
