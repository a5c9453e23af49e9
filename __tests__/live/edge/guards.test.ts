import { Deployment } from "../deployment";
import { type Answer, Client } from "./client";
import { ADMIN_PASSWORD } from "./edge";

jest.setTimeout(300_000);

const UPSTREAMS = ["flask", "fastapi", "express", "url", "php"];

/** Each is `/admin/users` for the proxy, or for one of the upstreams. */
const ADMIN = [
  "/admin/users",
  "/Admin/Users",
  "/%61dmin/users",
  "/admin//users",
  "/admin%2fusers",
  "/admin;a/users",
  "/admin;a=b;c/users",
  "/admin%3Ba/users",
  "/;a/admin/users",
  "/admin/;a/users",
  "/admin/users;a",
  "/index.php/admin/users",
  "/INDEX.PHP/admin/users",
  "/a/../admin/users",
  "/a/%2e%2e/admin/users",
  "/a/..%2fadmin/users",
  "/a/..;/admin/users",
  "/a/..;b=c/admin/users",
  "/a/.%2e%3b/admin/users",
  "/./admin/users",
  "/a\\..\\admin\\users",
  "/\\admin\\users",
  "/admin\\users",
  "/admin%5cusers",
  "//a/admin/users",
  "/\\a/admin/users",
  "/%2fa/admin/users",
  "/%2561dmin/users",
  "/admin%252fusers",
  "/%25252561dmin/users",
  "/#/admin/users",
];

describe("a guard", () => {
  let deployment: Deployment;
  let client: Client;

  beforeAll(async () => {
    deployment = await Deployment.create("t-edge-g");
    deployment.app = "__tests__/live/systems/guards.ts";
    deployment.secrets = { ADMIN_PASSWORD };
    await deployment.mustDeploy();
    client = new Client(deployment);
  });

  afterAll(() => deployment?.remove());

  const ask = (upstream: string, path: string, headers = {}): Promise<Answer> =>
    client.ask(path, { host: `${upstream}.${deployment.domain}`, headers });

  /** What got through, of several spellings before each upstream. */
  async function shown(spellings: readonly string[], headers = {}): Promise<string[]> {
    const questions = UPSTREAMS.flatMap((upstream) => spellings.map((path) => ({ upstream, path })));
    const answers = await Promise.all(
      questions.map(async ({ upstream, path }) => ({ upstream, path, ...(await ask(upstream, path, headers)) })),
    );
    return answers
      .filter(({ body }) => body.includes("secret"))
      .map(({ upstream, path, status }) => `${upstream}: ${path} ${status}`);
  }

  test.each(UPSTREAMS)("lets in who knows the password, which goes no further: %s", async (upstream) => {
    const authorization = `Basic ${Buffer.from(`ops:${ADMIN_PASSWORD}`).toString("base64")}`;
    const { status, body } = await ask(upstream, "/admin/users", { authorization });
    expect({ status, body }).toEqual({ status: 200, body: "secret without a password" });
  });

  test("asks for the password in every spelling of a path", async () => {
    expect(await shown(ADMIN)).toEqual([]);
  });

  test("is closed to everybody in every spelling", async () => {
    expect((await ask("express", "/closed/users")).status).toBe(403);
    expect(await shown(ADMIN.map((path) => path.replace(/admin/i, "closed")))).toEqual([]);
  });

  test("of an answer in the service's place holds below a limited path in every spelling", async () => {
    const spellings = [
      "/api/metrics/all",
      "/API/metrics/all",
      "/api/METRICS/all",
      "/api;a/metrics;b/all",
      "/api/metrics",
    ];
    for (const path of spellings) {
      expect({ path, ...(await ask("express", path)) }).toMatchObject({ path, status: 404, body: "none" });
    }
    expect(await shown([...spellings, "/index.php/api/metrics/all", "/api/index.php/metrics/all"])).toEqual([]);
  });

  test("believes no header that names another path", async () => {
    for (const name of ["X-Original-URL", "X-Rewrite-URL", "X-Script-Name", "SCRIPT_NAME"]) {
      expect(await shown(["/", "/users"], { [name]: "/admin/users" })).toEqual([]);
    }
  });
});
