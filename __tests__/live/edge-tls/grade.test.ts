import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { attempt } from "../../../scripts/run";
import { REGISTRY } from "../deployment";
import { AcmeServer } from "./acme-server";
import { SecureSite } from "./secure-site";

jest.setTimeout(900_000);

/**
 * What it has against testssl.sh's own machine, the test's authority and a domain without a DNS zone; and that it could not
 * connect with a ticket for which it had not waited: TLS 1.3 sends it after the handshake.
 */
const OF_THE_TEST = [
  ...["engine_problem", "cert_serialNumberLen", "cert_revocation", "DNS_CAArecord"],
  "sessionresumption_ticket",
];

interface Finding {
  readonly id: string;
  readonly severity: string;
  readonly finding: string;
}

describe("testssl.sh", () => {
  const folder = mkdtempSync(join(tmpdir(), "portolan-testssl-"));
  let site: SecureSite;
  let server: AcmeServer;
  let findings: Finding[];

  beforeAll(async () => {
    site = await SecureSite.create("t-tls-grade");
    server = await AcmeServer.start(site.deployment.ports.http, 90 * 86_400);
    site.chooseAcme(server);
    await site.deploy();
    const root = await server.root();
    await site.trusted(root);
    writeFileSync(join(folder, "root.pem"), root);
    findings = await examined();
  });

  afterAll(async () => {
    await site?.deployment.remove();
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** The proxy as testssl.sh sees it through the ports of this machine. */
  async function examined(): Promise<Finding[]> {
    const image = `${REGISTRY.replace(/^https?:\/\//, "")}/drwetter/testssl.sh:3.2`;
    const container = ["run", "--rm", "--network", "host", "--user", "0:0", "--volume", `${folder}:/testssl`, image];
    const options = [
      "--quiet",
      "--color",
      "0",
      "--warnings",
      "off",
      "--ip",
      "127.0.0.1",
      "--add-ca",
      "/testssl/root.pem",
    ];
    const target = `https://${site.deployment.domain}:${site.deployment.ports.https}/`;
    await attempt("docker", [...container, ...options, "--jsonfile", "/testssl/findings.json", target]);
    return JSON.parse(readFileSync(join(folder, "findings.json"), "utf8"));
  }

  test("gives an A+, and has nothing against the proxy", () => {
    expect(findings.find(({ id }) => id === "overall_grade")).toMatchObject({ finding: "A+" });
    expect(findings.filter(({ id }) => id.startsWith("grade_cap"))).toEqual([]);
    const against = findings.filter(({ id, severity }) => !/^(OK|INFO)$/.test(severity) && !OF_THE_TEST.includes(id));
    expect(against).toEqual([]);
  });

  test("finds TLS 1.2 and 1.3 alone, and a key exchange that will outlast quantum computers", () => {
    const offered = findings.filter(({ id, finding }) => /^(SSLv|TLS1)/.test(id) && finding.startsWith("offered"));
    expect(offered.map(({ id }) => id)).toEqual(["TLS1_2", "TLS1_3"]);
    expect(findings.find(({ id }) => id === "FS_KEMs")?.finding).toContain("X25519MLKEM768");
  });
});
