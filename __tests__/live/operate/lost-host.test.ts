import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { attempt, run } from "../../../scripts/run";
import { rcloneImage } from "../backup/s3-server";
import { bridgeAddress } from "../bridge";
import { type Deployment, freePort } from "../deployment";
import { deployStakaLivres, ORDER, placeOrder } from "../staka-livres";
import { Operator } from "./operator";

jest.setTimeout(1_200_000);

const S3 = "portolan-t-lost-s3";
const KEY = "canary-lost-access-key";
const SECRET = `canary-${randomBytes(16).toString("hex")}`;
const SECRETS = { OFFSITE_ACCESS_KEY_ID: KEY, OFFSITE_SECRET_ACCESS_KEY: SECRET };
const MANUSCRIPT = "Longtemps, je me suis couché de bonne heure.\n".repeat(2000);

/** Where the S3 server is, for this machine and for the containers on it. */
async function serveS3(): Promise<string> {
  await attempt("docker", ["rm", "--force", "--volumes", S3]);
  const address = `${await bridgeAddress()}:${await freePort()}`;
  const serve = `mkdir -p /data/backups; exec rclone serve s3 --addr :9000 --auth-key "$AUTH" /data`;
  const options = ["--detach", "--name", S3, "--publish", `${address}:9000`, "--env", "AUTH", "--entrypoint", "sh"];
  await run("docker", ["run", ...options, await rcloneImage(), "-c", serve], { env: { AUTH: `${KEY},${SECRET}` } });
  return `http://${address}`;
}

describe("a lost host", () => {
  let deployment: Deployment;
  let operator: Operator;

  beforeAll(async () => {
    const offsite = `s3:${await serveS3()}/backups`;
    deployment = await deployStakaLivres("t-lost", { backups: { offsite } }, SECRETS);
    operator = new Operator(deployment);
  });

  afterAll(async () => {
    await deployment?.remove();
    await attempt("docker", ["rm", "--force", "--volumes", S3]);
  });

  test("comes back on another, by the runbook, from the offsite repository, this project and the secrets alone", async () => {
    const order = await placeOrder(deployment);
    const file = `${order}/fichiers/${encodeURIComponent("élégie.txt")}`;
    expect((await deployment.ask(file, { method: "PUT", body: MANUSCRIPT })).status).toBe(201);
    await operator.ok(operator.backup("now", "t-lost"));
    const AT = new Date().toISOString();

    // Containers, volumes, networks and the state file.
    await deployment.discard();
    const started = Date.now();
    const [secrets, deploy, list, database, uploads, open, prove] = await operator.runbook("## Lost host");
    await operator.paste(secrets as string);
    deployment.configure({ maintenance: true });
    await operator.paste(deploy as string);
    expect((await deployment.ask(order)).status).toBe(503);
    expect((await operator.paste(list as string)).stdout).toMatch(/^db: [\s\S]*^uploads: /m);
    await operator.paste(database as string, { AT });
    await operator.paste(uploads as string, { AT });
    deployment.configure({ maintenance: undefined });
    await operator.paste(open as string);

    expect(JSON.parse((await deployment.ask(order)).body)).toMatchObject(ORDER);
    const sent = await deployment.ask(file);
    expect([sent.status, sent.body === MANUSCRIPT]).toEqual([200, true]);
    console.info(
      `lost host: ${Math.round((Date.now() - started) / 1000)} seconds until the application had its data again`,
    );

    await operator.paste(prove as string);
  });

  test("one lost file comes back from there, too, and no other is touched", async () => {
    const backend = await deployment.container("backend");
    const uploads = (...command: string[]) => run("docker", ["exec", "--workdir", "/app/uploads", backend, ...command]);
    const [FILE] = (await uploads("ls")).stdout.split("\n") as [string];
    const sum = await uploads("sha256sum", FILE);
    await uploads("rm", FILE);
    await uploads("touch", "since");

    const FOLDER = join(deployment.folder, "files");
    const [fetch, putBack, remove] = await operator.runbook("### Some files of uploads");
    await operator.paste(fetch as string, { FOLDER, AT: new Date().toISOString() });
    expect((await operator.paste(putBack as string, { FOLDER, FILE })).stdout).toContain(FILE);
    await operator.paste(remove as string, { FOLDER });
    expect((await uploads("sha256sum", FILE)).stdout).toBe(sum.stdout);
    expect((await uploads("ls")).stdout.split("\n").filter(Boolean).sort()).toEqual([FILE, "since"].sort());
    expect(existsSync(FOLDER)).toBe(false);
  });
});
