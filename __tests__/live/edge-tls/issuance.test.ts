import { attempt, run } from "../../../scripts/run";
import { eventually } from "../eventually";
import { AcmeServer, BLOCKED, TICKET } from "./acme-server";
import { SecureSite } from "./secure-site";

jest.setTimeout(900_000);

const QUARTER = 90 * 86_400;

describe("certificates from an ACME server that asks for proof", () => {
  let site: SecureSite;
  let server: AcmeServer;
  let root: string;

  beforeAll(async () => {
    site = await SecureSite.create("t-tls-http");
    server = await AcmeServer.start(site.deployment.ports.http, QUARTER);
    root = await server.root();
    site.chooseAcme(server);
    await site.deploy();
  });

  afterAll(async () => {
    await site?.deployment.remove();
    await server?.stop();
  });

  test("the first takes the place of the proxy's own soon after the deploy", async () => {
    await site.trusted(root);
    expect(await site.shown(root)).toMatchObject({ names: "DNS:chenu.localhost" });
    expect((await site.deployment.ask("/")).status).toBe(200);
    const lifetime = await site.metrics().then((all) => {
      return (
        (all["expiry_timestamp_seconds chenu.localhost"] ?? 0) - (all["issued_timestamp_seconds chenu.localhost"] ?? 0)
      );
    });
    expect(Math.abs(lifetime - QUARTER)).toBeLessThan(60);
  });

  test("an ACME server finds its answers under a host name that the proxy does not know yet", async () => {
    const answers = "/issued/challenges/.well-known/acme-challenge";
    await run("docker", ["exec", `${site.proxy}-acme`, "sh", "-c", `echo proof > ${answers}/token`]);
    const ask = (path: string) =>
      attempt("curl", [
        "-sS",
        "-H",
        "Host: new.chenu.localhost",
        `http://127.0.0.1:${site.deployment.ports.http}${path}`,
      ]);
    expect((await ask("/.well-known/acme-challenge/token")).stdout.trim()).toBe("proof");
    expect((await ask("/")).stderr).toContain("Empty reply");
  });

  test("the second deploy changes nothing", async () => {
    expect((await site.deployment.diff()).stdout).toContain("No changes.");
  });

  test("new containers, and volumes that are not data, get the certificate that is there", async () => {
    const before = await site.trusted(root);
    const containers = await site.deployment.containers();
    await run("docker", ["rm", "-f", ...containers]);
    await run("docker", ["volume", "rm", `${site.proxy}-certificates`, `${site.proxy}-acme-issued`]);
    await site.deploy();
    expect(await site.trusted(root)).toBe(before);
  });

  test("a new host name gets its own, without another proxy; one that is refused harms nobody", async () => {
    const started = await startOf(site.proxy);
    const before = await site.trusted(root);
    site.choose("acme", { TEST_HOSTS: `api.chenu.localhost ${BLOCKED}` });
    await site.deploy();
    await site.trusted(root, "api.chenu.localhost");
    await eventually(async () => {
      expect(await site.metrics()).toMatchObject({
        "failures chenu.localhost": 0,
        "failures api.chenu.localhost": 0,
        [`failures ${BLOCKED}`]: 1,
        [`expiry_timestamp_seconds ${BLOCKED}`]: 0,
      });
    });
    expect(await site.logs(`${site.proxy}-acme`)).toMatch(
      new RegExp(`^${BLOCKED}: failure 1, next try in 120 s: .*rejectedIdentifier.*forbidden`, "m"),
    );
    expect(await site.shown(root)).toMatchObject({ serial: before, trusted: true });
    expect(await site.shown(root, BLOCKED)).toMatchObject({ trusted: false, names: `DNS:${BLOCKED}` });
    expect(await startOf(site.proxy)).toBe(started);
  });

  test("another server, which limits how often it is asked, leaves what the one before has given in use", async () => {
    const before = await site.trusted(root);
    site.choose("acme", { TEST_ACME_SERVER: await server.limitedDirectory(), TEST_HOSTS: "" });
    await site.deploy();
    await eventually(async () =>
      expect(await site.logs(`${site.proxy}-acme`)).toMatch(
        /^chenu\.localhost: failure 1, next try in 120 s: .*rateLimited.*too many new orders recently/m,
      ),
    );
    await eventually(async () => expect(await site.metrics()).toMatchObject({ "failures chenu.localhost": 1 }));
    expect(await site.shown(root)).toMatchObject({ serial: before, trusted: true });
  });
});

describe("a wildcard", () => {
  let site: SecureSite;
  let server: AcmeServer;

  beforeAll(async () => {
    site = await SecureSite.create("t-tls-dns");
    server = await AcmeServer.start(site.deployment.ports.http, QUARTER);
    site.deployment.secrets = {
      DNS_PASSWORD: "canary-of-the-dns-provider",
      ACME_KEY_ID: TICKET.keyId,
      ACME_HMAC_KEY: TICKET.hmacKey,
    };
    site.chooseAcme(server, "wildcard", {
      TEST_DNS_PROVIDER: await server.dnsProvider(),
      TEST_HOSTS: "api.chenu.localhost",
    });
    await site.deploy();
  });

  afterAll(async () => {
    await site?.deployment.remove();
    await server?.stop();
  });

  test("is one certificate for the domain and the names below, by a record in the zone", async () => {
    const root = await server.root();
    const serial = await site.trusted(root);
    expect(await site.shown(root, "api.chenu.localhost")).toMatchObject({ serial, trusted: true });
    expect((await site.shown(root)).names.split(", ").sort()).toEqual(["DNS:*.chenu.localhost", "DNS:chenu.localhost"]);
  });

  test("comes to an account that has shown the customer's ticket", async () => {
    expect(
      await run("docker", ["exec", `${site.proxy}-acme`, "sh", "-c", "cat /acme/*/accounts/*/*/account.json"]),
    ).toMatchObject({
      stdout: expect.stringContaining("externalAccountBinding"),
    });
  });

  test("takes credentials that only its own container can read", async () => {
    const [acme, proxy] = await Promise.all(
      [`${site.proxy}-acme`, site.proxy].map((container) =>
        run("sh", [
          "-c",
          `docker inspect ${container}; docker exec ${container} cat /run/secrets/HTTPREQ_PASSWORD 2>&1 || true`,
        ]),
      ),
    );
    expect(acme?.stdout.match(/canary-of-the-dns-provider/g)).toHaveLength(1);
    expect(proxy?.stdout).not.toContain("canary-of-the-dns-provider");
    expect(site.deployment.json).not.toContain("canary-of-the-dns-provider");
  });
});

async function startOf(container: string): Promise<string> {
  return (await run("docker", ["inspect", "--format", "{{.Created}}", container])).stdout;
}
