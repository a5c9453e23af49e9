import { X509Certificate } from "node:crypto";
import { get } from "node:http";
import { attempt, run } from "../../../scripts/run";
import { type TestCertificate, testCertificate } from "../../constructs/proxy/test-certificates";
import { eventually } from "../eventually";
import { SecureSite } from "./secure-site";

jest.setTimeout(600_000);

describe("a certificate from a file", () => {
  let site: SecureSite;
  let first: TestCertificate;

  beforeAll(async () => {
    site = await SecureSite.create("t-tls-files");
    first = testCertificate([site.deployment.domain]);
    choose(first);
    await site.deploy();
  });

  afterAll(() => site?.deployment.remove());

  function choose({ path, key }: Pick<TestCertificate, "path" | "key">): void {
    site.choose("files", { TEST_CERTIFICATE: path });
    site.deployment.secrets = { ...site.deployment.secrets, TLS_KEY: Buffer.from(key).toString("base64") };
  }

  test("is served, and its key is seen by nobody but the proxy", async () => {
    expect((await site.shown()).serial).toBe(serialOf(first));
    const key = Buffer.from(first.key).toString("base64").slice(0, 60);
    expect(site.deployment.json).not.toContain(key);
    const containers = await site.deployment.containers();
    expect((await run("docker", ["inspect", ...containers])).stdout).not.toContain(key);
  });

  test("gives way to a new one without another proxy", async () => {
    const { stdout: created } = await run("docker", ["inspect", "--format", "{{.Created}}", site.proxy]);
    first = testCertificate([site.deployment.domain]);
    choose(first);
    await site.deploy();
    expect((await site.shown()).serial).toBe(serialOf(first));
    expect((await run("docker", ["inspect", "--format", "{{.Created}}", site.proxy])).stdout).toBe(created);
  });

  test("that does not match its key fails the deploy and changes nothing, also for a proxy that starts again", async () => {
    choose({ path: first.path, key: testCertificate([site.deployment.domain]).key });
    const { exitCode, stdout, stderr } = await site.deployment.deploy();
    expect(exitCode).not.toBe(0);
    expect(stdout + stderr).toContain("the certificate does not match its key, the secret TLS_KEY");
    await expectFirst();
  });

  test("that Nginx can't serve never takes the place of the one before, also for a proxy that starts again", async () => {
    choose(testCertificate([site.deployment.domain], { newkey: ["rsa:1024"] }));
    const { exitCode, stdout, stderr } = await site.deployment.deploy();
    expect(exitCode).not.toBe(0);
    expect(stdout + stderr).toMatch(/certificate files: cannot be served: .*key too small/i);
    await expectFirst();
    choose(first);
    await site.deploy();
  });

  test("may be left to whoever is in front: the proxy then speaks HTTP, and says HTTPS to the application", async () => {
    site.choose("off");
    await site.deploy();
    const { domain, ports } = site.deployment;
    const { headers } = JSON.parse(await answer(ports.http, domain, "/echo"));
    expect(headers).toMatchObject({ host: domain, "x-forwarded-proto": "https" });
    expect((await attempt("curl", ["-sk", `https://127.0.0.1:${ports.https}/`])).exitCode).toBe(7);
  });

  async function expectFirst(): Promise<void> {
    expect((await site.shown()).serial).toBe(serialOf(first));
    await run("docker", ["restart", site.proxy]);
    await eventually(async () => expect((await site.shown()).serial).toBe(serialOf(first)));
    expect((await site.deployment.ask("/")).status).toBe(200);
  }
});

function serialOf({ pem }: TestCertificate): string {
  return new X509Certificate(pem).serialNumber;
}

function answer(port: number, host: string, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    get({ host: "127.0.0.1", port, path, headers: { host } }, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (chunk: string) => (body += chunk));
      response.on("end", () => resolve(body));
    }).on("error", reject);
  });
}
