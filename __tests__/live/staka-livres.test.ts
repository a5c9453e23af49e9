import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../../scripts/run";
import type { Deployment } from "./deployment";
import { Client } from "./edge/client";
import { crowd } from "./edge/crowd";
import { Machine } from "./machines/machine";
import { Operator } from "./operate/operator";
import { deployStakaLivres, ORDER, placeOrder, publishStakaLivres, visitors } from "./staka-livres";

jest.setTimeout(600_000);

const ENVIRONMENT = "t-staka";
const MANUSCRIPT = "Longtemps, je me suis couché de bonne heure. «\u00a0Déjà\u00a0?\u00a0»\n".repeat(500);
const AS_ROOT = "MYSQL_PWD=$(cat /run/secrets/admin-password) mysql -u root stakalivres";

describe("Staka Livres on another machine", () => {
  let deployment: Deployment;
  let machine: Machine;
  /** Path of an order that everything here must leave as it is, with its manuscript. */
  let order: string;

  beforeAll(async () => {
    // The newest engine, with its own default for where images are kept.
    machine = await Machine.start({ name: ENVIRONMENT, engine: "29" });
    deployment = await deployStakaLivres(ENVIRONMENT, {}, {}, machine);
    order = await placeOrder(deployment);
    const sent = await deployment.ask(manuscript(), { method: "PUT", body: MANUSCRIPT });
    expect(sent.status).toBe(201);
  });

  afterAll(async () => {
    await deployment?.remove();
    await machine?.stop();
  });

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
    const id = Number((await placeOrder(deployment)).split("/").at(-1));
    expect(JSON.parse(await told)).toEqual({ event: "commande", id });
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

  test("serves five hundred people at once for a minute, all of them", async () => {
    const asked = { users: 500, seconds: 60, question: visitors(order) };
    const { requests, failures, p95 } = await crowd(new Client(deployment), asked);
    console.info(`500 people: ${failures.length} of ${requests} requests failed, p95 ${(p95 * 1000).toFixed(0)} ms`);
    expect(failures).toEqual([]);
    expect(requests).toBeGreaterThan(10_000);
  });

  test("keeps orders and manuscripts through a release", async () => {
    await publishStakaLivres("two");
    deployment.configure({ release: "two" });
    await deployment.mustDeploy();
    expect(JSON.parse((await deployment.ask("/api/health")).body)).toMatchObject({ version: "two" });
    await expectOrder();
  });

  test("brings back orders and manuscripts that were deleted, of the same round, by the runbook", async () => {
    const operator = new Operator(deployment);
    expect(await operator.backup("now", ENVIRONMENT)).toMatchObject({ exitCode: 0 });
    const later = await placeOrder(deployment);
    expect((await deployment.ask(manuscript(later), { method: "PUT", body: MANUSCRIPT })).status).toBe(201);
    expect(await operator.backup("now", ENVIRONMENT)).toMatchObject({ exitCode: 0 });
    // The second backup of the database had ended by then, that of the manuscripts had not.
    const { db, uploads } = JSON.parse(await operator.ok(operator.backup("list", ENVIRONMENT, "--json")));
    expect(db.at(-1).time).toBeLessThan(uploads.at(-1).time);
    const AT = new Date(db.at(-1).time * 1000).toISOString();

    await machine.docker("exec", `${deployment.prefix}-db`, "sh", "-c", `${AS_ROOT} -e 'DELETE FROM commandes'`);
    await machine.docker("exec", await deployment.container("backend"), "sh", "-c", "rm /app/uploads/*");
    expect((await deployment.ask(order)).status).toBe(404);

    for (const heading of ["## Whole database", "### All of uploads"]) {
      const [inPlace = "", , dropOld = ""] = await operator.runbook(heading);
      expect((await operator.paste(inPlace, { AT })).stdout).toMatch(/^Restored (stakalivres|uploads): /m);
      await operator.paste(dropOld);
    }
    await expectOrder();
    const statuses = [(await deployment.ask(later)).status, (await deployment.ask(manuscript(later))).status];
    expect(statuses).toEqual([404, 404]);
  });

  test("refuses a time from which one source has no backup, and says what to type instead", async () => {
    const operator = new Operator(deployment);
    const { db } = JSON.parse(await operator.ok(operator.backup("list", ENVIRONMENT, "--json")));
    expect(await operator.backup("now", ENVIRONMENT, "db")).toMatchObject({ exitCode: 0 });
    const at = new Date().toISOString();
    const { exitCode, stderr } = await operator.restore("--in-place", "--yes", ENVIRONMENT, "--at", at);
    expect(stderr).toMatch(
      /^error: nothing was done: uploads has no backup of the round of [-\d]+ [:\d]+, which db has;/m,
    );
    expect(exitCode).toBe(1);
    expect(await operator.ok(operator.restore("--status"))).toBe("no restore of db is under way\n");

    const list = await operator.ok(operator.backup("list", ENVIRONMENT, "db"));
    expect(list).toMatch(/^.* alone +\S+$/m);
    const [, instead] = /the newest that all have: .* --at '([^']+)'/.exec(stderr) ?? [];
    const ofRound = await operator.ok(operator.backup("show", ENVIRONMENT, "db", "--at", instead as string));
    expect(ofRound).toContain(db.filter(({ safety }: { safety: boolean }) => !safety).at(-1).run);
    expect(await operator.backup("show", ENVIRONMENT, "db", "--at", at)).toMatchObject({ exitCode: 1 });
    expect(await operator.backup("show", ENVIRONMENT, "db", "--at", at, "--alone")).toMatchObject({ exitCode: 0 });
  });

  test("brings back one manuscript, with docker's own way over SSH", async () => {
    const operator = new Operator(deployment);
    expect(await operator.backup("now", ENVIRONMENT, "uploads")).toMatchObject({ exitCode: 0 });
    const AT = new Date().toISOString();
    const backend = await deployment.container("backend");
    const { stdout } = await machine.docker("exec", backend, "sh", "-c", "ls -S /app/uploads | tail -n 1");
    const FILE = stdout.trim();
    const FOLDER = join(deployment.folder, "restored");
    await machine.docker("exec", backend, "rm", `/app/uploads/${FILE}`);
    expect((await deployment.ask(manuscript())).status).toBe(404);

    // What the operator has at home, without a trace of it in whose home this is.
    const home = join(deployment.folder, "home");
    const ssh = `#!/bin/sh\nexec ${(await run("which", ["ssh"])).stdout.trim()} -o UserKnownHostsFile=$HOME/.ssh/known_hosts "$@"\n`;
    mkdirSync(join(home, ".ssh"), { recursive: true });
    writeFileSync(join(home, "ssh"), ssh, { mode: 0o755 });
    const env = { HOME: home, PATH: `${home}:${process.env.PATH}` };

    const [, know = ""] = await operator.runbook("## Before you start");
    const [bring = "", put = "", remove = ""] = await operator.runbook("### Some files of uploads");
    expect((await operator.paste(know, {}, env)).stdout).toContain("Server:");
    await operator.paste(bring, { AT, FOLDER });
    expect((await operator.paste(put, { FOLDER, FILE }, env)).stdout).toContain(FILE);
    await operator.paste(remove, { FOLDER });
    await expectOrder();
  });

  async function expectOrder(): Promise<void> {
    expect(JSON.parse((await deployment.ask(order)).body)).toMatchObject(ORDER);
    const sent = await deployment.ask(manuscript());
    // Not the text itself, which is long.
    expect([sent.status, sent.body === MANUSCRIPT]).toEqual([200, true]);
  }

  function manuscript(of = order): string {
    return `${of}/fichiers/${encodeURIComponent("élégie.txt")}`;
  }
});
