import { run } from "../../scripts/run";
import { BACKUP, NEEDED, SYSTEMS } from "../../scripts/setup/images/catalogue";
import { ensureStandIns } from "../../scripts/setup/images/images";
import { canaries, Deployment } from "./deployment";
import { Client } from "./edge/client";
import { Operator } from "./operate/operator";
import { publishPart } from "./releases";

jest.setTimeout(600_000);

const ENVIRONMENT = "t-staka";
const STAKA_LIVRES = {
  system: "staka-livres",
  secrets: canaries(
    "BACKUP_PASSWORD",
    "DB_ADMIN_PASSWORD",
    "DB_BACKUP_PASSWORD",
    "DB_PASSWORD",
    "JWT_SECRET",
    "SENDGRID_API_KEY",
    "STRIPE_SECRET_KEY",
    "STRIPE_WEBHOOK_SECRET",
  ),
};
const ORDER = { titre: "Élégie pour un 📚", email: "autrice@example.com", pages: 312 };
const MANUSCRIPT = "Longtemps, je me suis couché de bonne heure. «\u00a0Déjà\u00a0?\u00a0»\n".repeat(500);
const AS_ROOT = "MYSQL_PWD=$(cat /run/secrets/admin-password) mysql -u root stakalivres";

describe("Staka Livres on a real engine", () => {
  let deployment: Deployment;
  /** Path of an order that everything here must leave as it is, with its manuscript. */
  let order: string;

  beforeAll(async () => {
    await ensureStandIns(() => undefined, [...NEEDED, ...BACKUP, ...SYSTEMS]);
    for (const release of ["one", "two"]) {
      await publishPart("staka-livres/backend", release, [`RELEASE=${release}`]);
      await publishPart("staka-livres/frontend", release);
    }
    deployment = await Deployment.create(ENVIRONMENT, { release: "one" }, STAKA_LIVRES);
    expect(await deployment.deploy()).toMatchObject({ exitCode: 0 });

    const posted = await deployment.ask("/api/commandes", { method: "POST", body: ORDER });
    expect(posted.status).toBe(201);
    order = `/api/commandes/${JSON.parse(posted.body).id}`;
    const sent = await deployment.ask(manuscript(), { method: "PUT", body: MANUSCRIPT });
    expect(sent.status).toBe(201);
  });

  afterAll(() => deployment?.remove());

  test("answers over HTTPS: the page, and a health check that asks the database", async () => {
    expect(await deployment.ask("/")).toMatchObject({ status: 200, body: expect.stringContaining("Staka Livres") });
    expect(JSON.parse((await deployment.ask("/api/health")).body)).toEqual({
      status: "ok",
      database: "ok",
      version: "one",
    });
    await expectOrder();
  });

  test("tells who listens of a new order at once", async () => {
    const socket = await new Client(deployment).webSocket("/api/notifications");
    const told = socket.next();
    const posted = await deployment.ask("/api/commandes", { method: "POST", body: ORDER });
    expect(JSON.parse(await told)).toEqual({ event: "commande", id: JSON.parse(posted.body).id });
    socket.close();
  });

  test("lets nobody guess passwords, and everything else alone", async () => {
    const statuses: number[] = [];
    for (let i = 0; i < 8; i++) statuses.push((await deployment.ask("/api/auth/login", { method: "POST" })).status);
    // One, a burst of five, and no more for the next twelve seconds.
    expect(statuses).toEqual([404, 404, 404, 404, 404, 404, 429, 429]);
    // Express takes these for the same.
    for (const path of ["/api/auth/login/", "/api/Auth/Login"]) {
      expect({ path, status: (await deployment.ask(path, { method: "POST" })).status }).toEqual({ path, status: 429 });
    }
    expect((await deployment.ask("/api/commandes")).status).toBe(200);
  });

  test("takes a manuscript of forty megabytes, and none of sixty", async () => {
    const status = async (megabytes: number) => {
      const body = "x".repeat(megabytes * 1024 * 1024);
      return (await deployment.ask(`${order}/fichiers/large.txt`, { method: "PUT", body })).status;
    };
    expect(await status(40)).toBe(201);
    expect(await status(60)).toBe(413);
  });

  test("has one name, and browsers insist on HTTPS for all below it", async () => {
    const client = new Client(deployment);
    const www = await client.ask("/a?b=c", { host: `www.${deployment.domain}` });
    expect([www.status, www.headers.location]).toEqual([
      308,
      `https://${deployment.domain}:${deployment.ports.https}/a?b=c`,
    ]);
    expect((await client.ask("/")).headers).toMatchObject({
      "strict-transport-security": "max-age=31536000; includeSubDomains",
      "x-frame-options": "DENY",
    });
  });

  test("has nothing to change right after it was deployed", async () => {
    const diff = await deployment.diff();
    expect(diff.exitCode).toBe(0);
    expect(diff.stdout).toContain("No changes.");
  });

  test("keeps orders and manuscripts through a release", async () => {
    deployment.configure({ release: "two" });
    expect(await deployment.deploy()).toMatchObject({ exitCode: 0 });
    expect(JSON.parse((await deployment.ask("/api/health")).body)).toMatchObject({ version: "two" });
    await expectOrder();
  });

  test("brings back orders and manuscripts that were deleted", async () => {
    expect(await new Operator(deployment).backup("now", ENVIRONMENT)).toMatchObject({ exitCode: 0 });

    await run("docker", ["exec", `${deployment.prefix}-db`, "sh", "-c", `${AS_ROOT} -e 'DELETE FROM commandes'`]);
    await run("docker", ["exec", await deployment.container("backend"), "sh", "-c", "rm /app/uploads/*"]);
    expect((await deployment.ask(order)).status).toBe(404);

    for (const name of ["db", "uploads"]) {
      const restore = await new Operator(deployment).restoreOf(name, "--in-place", "--yes", ENVIRONMENT);
      expect(restore).toMatchObject({ exitCode: 0 });
    }
    await expectOrder();
  });

  async function expectOrder(): Promise<void> {
    expect(JSON.parse((await deployment.ask(order)).body)).toMatchObject(ORDER);
    const sent = await deployment.ask(manuscript());
    // Not the text itself, which is long.
    expect([sent.status, sent.body === MANUSCRIPT]).toEqual([200, true]);
  }

  function manuscript(): string {
    return `${order}/fichiers/${encodeURIComponent("élégie.txt")}`;
  }
});
