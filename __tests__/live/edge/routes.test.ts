import { setTimeout as wait } from "node:timers/promises";
import { run } from "../../../scripts/run";
import type { Deployment } from "../deployment";
import { eventually } from "../eventually";
import { Client } from "./client";
import { ADMIN_PASSWORD, deployEdge } from "./edge";

jest.setTimeout(300_000);

/** Longer than most proxies let a WebSocket be silent. */
const SILENCE = 65_000;

describe("the proxy", () => {
  let deployment: Deployment;
  let client: Client;

  beforeAll(async () => {
    deployment = await deployEdge("t-edge-r", { sizes: { api: { replicas: 2 } } });
    client = new Client(deployment);
  });

  afterAll(() => deployment?.remove());

  test("keeps a path or strips its prefix, and tells the service who asked how", async () => {
    const kept = await client.ask("/a/echo?b=c%20d");
    expect(JSON.parse(kept.body)).toMatchObject({ target: "/a/echo?b=c%20d" });
    const { body, headers } = await client.ask("/api/echo", { headers: { "x-forwarded-for": "198.51.100.9" } });
    expect(JSON.parse(body)).toMatchObject({
      target: "/echo",
      headers: {
        host: `${deployment.domain}:${deployment.ports.https}`,
        "x-real-ip": "198.51.100.9",
        "x-forwarded-for": "198.51.100.9",
        "x-forwarded-proto": "https",
        "x-request-id": headers["x-request-id"],
      },
    });
  });

  test("tells the service the host that was asked for, whatever else a client says it was", async () => {
    const { body } = await client.ask(`https://${deployment.domain}/api/echo`, {
      headers: {
        host: "evil.example",
        "x-forwarded-host": "evil.example",
        "x-forwarded-port": "1",
        "x-forwarded-prefix": "/evil",
        forwarded: "host=evil.example",
      },
    });
    const host = `${deployment.domain}:${deployment.ports.https}`;
    expect(JSON.parse(body).headers).toMatchObject({ host, "x-forwarded-host": host });
    expect(body).not.toMatch(/evil|x-forwarded-p(ort|refix)|"forwarded"/);
  });

  test("redirects, answers by itself, and knows several host names", async () => {
    const https = `https://${deployment.domain}:${deployment.ports.https}`;
    const moved = await client.ask("/old/a%20b?c=d");
    expect([moved.status, moved.headers.location]).toEqual([301, "/new/a%20b?c=d"]);
    const gone = await client.ask("/gone?a=b");
    expect([gone.status, gone.headers.location]).toEqual([302, "https://elsewhere.example/there?a=b"]);
    const www = await client.ask("/a?b=c", { host: `www.${deployment.domain}` });
    expect([www.status, www.headers.location]).toEqual([308, `${https}/a?b=c`]);
    expect((await client.ask("/robots.txt")).body).toBe('User-agent: *\nDisallow: "/%{a}\\"\n');
    expect((await client.ask("/", { host: `other.${deployment.domain}` })).status).toBe(200);
    // The handshake was for a name that is served, the request is not.
    expect((await client.ask("/", { headers: { host: "stranger.example" } })).status).toBe(421);
  });

  test("asks for the password, and lets in only the addresses that a route allows", async () => {
    const authorization = `Basic ${Buffer.from(`ops:${ADMIN_PASSWORD}`).toString("base64")}`;
    expect((await client.ask("/admin/")).status).toBe(401);
    expect((await client.ask("/admin/", { headers: { authorization: `${authorization}x` } })).status).toBe(401);
    expect((await client.ask("/admin/", { headers: { authorization } })).status).toBe(200);
    // Many services take these for the same path.
    for (const path of ["/Admin/", "/aDMIN/echo", "/%41dmin/", "/.//ADMIN/"]) {
      expect({ path, status: (await client.ask(path)).status }).toEqual({ path, status: 401 });
    }
    const completed = await client.ask("/Admin?a=b");
    expect([completed.status, completed.headers.location]).toEqual([301, "/admin/?a=b"]);

    // And this for one below it, where the proxy sees another.
    for (const path of [
      "/admin/x/..%2f..%2f",
      "/admin/%2E./",
      "/admin/..",
      "/a/..//ADMIN/",
      "/admin/..?a",
      "/#/admin",
    ]) {
      expect({ path, status: (await client.ask(path)).status }).toEqual({ path, status: 400 });
    }
    expect((await client.ask("/a..b/c...?d=/../")).status).toBe(200);

    const from = (addresses: string) => client.ask("/inner/", { headers: { "x-forwarded-for": addresses } });
    expect((await from("192.0.2.7")).status).toBe(200);
    expect((await from("192.0.2.8")).status).toBe(403);
    // Only the last hop is known to be true.
    expect((await from("192.0.2.7, 192.0.2.8")).status).toBe(403);
  });

  test("limits bodies, compresses, and says how long an answer may be kept", async () => {
    const gzip = { "accept-encoding": "gzip" };
    expect((await client.ask("/api/echo", { method: "POST", body: "x".repeat(2048) })).status).toBe(200);
    expect((await client.ask("/api/echo", { method: "POST", body: "x".repeat(2049) })).status).toBe(413);
    expect((await client.ask("/text", { headers: gzip })).headers["content-encoding"]).toBe("gzip");
    expect((await client.ask("/plain/text", { headers: gzip })).headers["content-encoding"]).toBeUndefined();
    expect((await client.ask("/assets/text")).headers["cache-control"]).toBe("max-age=31536000");
  });

  test("keeps a client with its replica by a cookie", async () => {
    const first = await client.ask("/stay/");
    const cookie = first.headers["set-cookie"]?.[0]?.split(";")[0] ?? "";
    for (let i = 0; i < 6; i++) expect((await client.ask("/stay/", { headers: { cookie } })).body).toBe(first.body);
  });

  test("serves no file whose name begins with a dot", async () => {
    for (const path of ["/.env", "/api/.git/config", "/%2eenv", "/a/.%2f.env"]) {
      expect({ path, status: (await client.ask(path)).status }).toEqual({ path, status: 404 });
    }
    expect((await client.ask("/.well-known/security.txt")).status).toBe(200);
  });

  test.each(["/events?count=3", "/events?count=3&chunked=yes"])("passes events on when they come: %s", async (path) => {
    const chunks = await client.chunks(path);
    expect(chunks.map(({ text }) => text)).toEqual(["data: 0\n\n", "data: 1\n\n", "data: 2\n\n"]);
    expect((chunks[2]?.at ?? 0) - (chunks[0]?.at ?? 0)).toBeGreaterThan(1500);
  });

  test("sends its headers with every answer, its own and the application's, each once", async () => {
    const limited = await eventually429();
    await run("docker", ["stop", await containerOf("alone")]);
    const unavailable = await client.ask("/alone/");
    await run("docker", ["start", await containerOf("alone")]);
    await eventually(async () => expect((await client.ask("/alone/")).status).toBe(200));
    const answers = {
      200: await client.ask("/"),
      404: await client.ask("/.env"),
      429: limited,
      502: await client.ask("/alone/die"),
      503: unavailable,
    };
    for (const [status, answer] of Object.entries(answers)) {
      expect({ ...answer.headers, status: answer.status }).toMatchObject({
        status: Number(status),
        "strict-transport-security": "max-age=31536000",
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": "strict-origin-when-cross-origin",
        "permissions-policy": "camera=(), geolocation=(), microphone=()",
        "content-security-policy": expect.stringContaining("default-src 'self'"),
        "x-request-id": expect.stringMatching(/^[0-9a-f]{32}$/),
        server: "nginx",
      });
      expect(answer.headers).not.toHaveProperty("x-powered-by");
    }
    expect(answers[503].headers["retry-after"]).toBe("10");
    expect(answers[503].body).toContain("<!doctype html>");
    // It may have been executed: nobody is asked to send it again.
    expect(answers[502].headers).not.toHaveProperty("retry-after");
  });

  test("leaves the application's own errors as they are", async () => {
    for (const code of [404, 500, 502, 503]) {
      const { status, headers, body } = await client.ask(`/status?code=${code}`);
      expect({ status, body }).toEqual({ status: code, body: "the application's own words" });
      expect(headers).not.toHaveProperty("retry-after");
    }
  });

  test("logs requests without what is behind the question mark, errors too", async () => {
    await eventually(async () => expect((await client.ask("/alone/")).status).toBe(200));
    const { headers } = await client.ask("/echo?token=canary-query");
    await client.ask("/alone/die?token=canary-query", {
      headers: { referer: "https://a.example/?token=canary-query" },
    });
    await eventually(async () => {
      const { stdout } = await run("sh", ["-c", `docker logs ${deployment.prefix}-proxy 2>&1`]);
      expect(stdout).toContain(`"request_id":"${headers["x-request-id"]}"`);
      expect(stdout).toMatch(/upstream prematurely closed.*GET \/alone\/die\?/);
      expect(stdout).not.toContain("canary");
    });
  });

  test("closes for maintenance and opens again without being replaced", async () => {
    const container = await idOfProxy();
    deployment.extraEnv = { EDGE_MAINTENANCE: "on" };
    expect(await deployment.deploy()).toMatchObject({ exitCode: 0 });
    const closed = await client.ask("/", { method: "POST", body: "a" });
    expect([closed.status, closed.headers["retry-after"]]).toEqual([503, "10"]);
    deployment.extraEnv = {};
    expect(await deployment.deploy()).toMatchObject({ exitCode: 0 });
    expect((await client.ask("/")).status).toBe(200);
    expect(await idOfProxy()).toBe(container);
  });

  test("lets a WebSocket be silent for longer than a minute", async () => {
    const socket = await client.webSocket("/socket");
    expect(await socket.echo("early")).toBe("early");
    await wait(SILENCE);
    expect(await socket.echo("late")).toBe("late");
    socket.close();
  });

  async function eventually429() {
    for (let i = 0; i < 10; i++) {
      const answer = await client.ask("/login");
      if (answer.status !== 200) return answer;
    }
    throw new Error("no request was limited");
  }

  async function containerOf(id: string): Promise<string> {
    return (await deployment.containers()).find((name) => name.startsWith(`${deployment.prefix}-${id}-`)) ?? "";
  }

  async function idOfProxy(): Promise<string> {
    return (await run("docker", ["inspect", "-f", "{{.Id}} {{.State.StartedAt}}", `${deployment.prefix}-proxy`]))
      .stdout;
  }
});
