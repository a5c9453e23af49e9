import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { createServer as createTlsServer, get, type Server as TlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { hasEnded } from "../../../scripts/has-ended";
import { run } from "../../../scripts/run";
import { buildGoProgram } from "../../../scripts/setup/go";
import { bridgeAddress } from "../bridge";
import { freePort } from "../deployment";
import { eventually } from "../eventually";

const VERSION = "v2.10.1";
const MODULE = { module: "github.com/letsencrypt/pebble/v2", version: VERSION, go: "1.24.0", variables: [] };

/** What the server ties an account to a customer with, for who shows it. */
export const TICKET = {
  keyId: "customer-1",
  hmacKey: "zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W",
};

/** The domain that this server never signs a certificate for. */
export const BLOCKED = "blocked.localhost";

/**
 * Pebble, the ACME server that Let's Encrypt tests clients with, and a DNS server that sends every name to this machine.
 * They listen where containers reach this machine, on Docker's own bridge.
 */
export class AcmeServer {
  /** @param lifetime of its certificates, in seconds */
  static async start(httpPort: number, lifetime: number): Promise<AcmeServer> {
    const server = new AcmeServer(httpPort, lifetime, await bridgeAddress(), {
      acme: await freePort(),
      management: await freePort(),
      dns: await freePort(),
      dnsManagement: await freePort(),
    });
    await server.prepare();
    await server.startDns();
    await server.come();
    return server;
  }

  /** The certificate of the authority that its own certificate is from. */
  readonly ca: string;
  private readonly folder = mkdtempSync(join(tmpdir(), "portolan-acme-"));
  private pebble?: ChildProcess;
  private dns?: ChildProcess;
  private provider?: Server;
  private limited?: TlsServer;

  private constructor(
    private readonly httpPort: number,
    private readonly lifetime: number,
    private readonly address: string,
    private readonly ports: { acme: number; management: number; dns: number; dnsManagement: number },
  ) {
    this.ca = join(this.folder, "cert.pem");
  }

  get directory(): string {
    return `https://${this.address}:${this.ports.acme}/dir`;
  }

  /** The root of the certificates it signs, another one with each start. */
  async root(): Promise<string> {
    const url = `https://127.0.0.1:${this.ports.management}/roots/0`;
    return new Promise((resolve, reject) => {
      get(url, { rejectUnauthorized: false }, (response) => {
        let body = "";
        response.setEncoding("utf8").on("data", (chunk: string) => (body += chunk));
        response.on("end", () => resolve(body));
      }).on("error", reject);
    });
  }

  /** Listen again, without any memory of before. */
  async come(): Promise<void> {
    const config = join(this.folder, "config.json");
    this.pebble = spawn(await program("pebble"), ["-config", config, "-dnsserver", `127.0.0.1:${this.ports.dns}`], {
      env: { ...process.env, PEBBLE_VA_NOSLEEP: "1" },
      stdio: "ignore",
    });
    await eventually(async () => expect(await this.root()).toContain("BEGIN CERTIFICATE"), 20);
  }

  async go(): Promise<void> {
    await ended(this.pebble);
  }

  /** URL of a DNS provider in the manner of lego's "httpreq", whose zones are this server's. */
  async dnsProvider(): Promise<string> {
    const { dnsManagement } = this.ports;
    this.provider = createServer((request, response) => {
      let body = "";
      request.setEncoding("utf8").on("data", (chunk: string) => (body += chunk));
      request.on("end", async () => {
        const { fqdn: host, value } = JSON.parse(body);
        const verb = request.url === "/present" ? "set-txt" : "clear-txt";
        const answer = await fetch(`http://127.0.0.1:${dnsManagement}/${verb}`, {
          method: "POST",
          body: JSON.stringify({ host, value }),
        });
        response.writeHead(answer.status).end();
      });
    });
    await new Promise<void>((resolve) => this.provider?.listen(0, this.address, resolve));
    return `http://${this.address}:${(this.provider.address() as AddressInfo).port}`;
  }

  /** URL of another server, which has had enough of everybody. */
  async limitedDirectory(): Promise<string> {
    const files = { key: readFileSync(join(this.folder, "key.pem")), cert: readFileSync(this.ca) };
    this.limited = createTlsServer(files, ({ url, method, headers }, response) => {
      response.setHeader("Replay-Nonce", randomUUID().replaceAll("-", ""));
      if (url === "/dir") {
        const links = ["newNonce", "newAccount", "newOrder"].map((name) => [name, `https://${headers.host}/${name}`]);
        response.end(JSON.stringify(Object.fromEntries(links)));
      } else if (method === "HEAD") {
        response.end();
      } else {
        const problem = { type: "urn:ietf:params:acme:error:rateLimited", detail: "too many new orders recently" };
        response.writeHead(429, { "Content-Type": "application/problem+json", "Retry-After": "3600" });
        response.end(JSON.stringify(problem));
      }
    });
    await new Promise<void>((resolve) => this.limited?.listen(0, this.address, resolve));
    return `https://${this.address}:${(this.limited.address() as AddressInfo).port}/dir`;
  }

  async stop(): Promise<void> {
    this.provider?.close();
    this.limited?.close();
    await Promise.all([ended(this.pebble), ended(this.dns)]);
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async prepare(): Promise<void> {
    const key = join(this.folder, "key.pem");
    const name = ["-subj", "/CN=pebble", "-addext", `subjectAltName=IP:${this.address}`];
    const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
    await run("openssl", ["req", "-x509", ...curve, "-days", "2", ...name, "-keyout", key, "-out", this.ca]);
    const pebble = {
      listenAddress: `${this.address}:${this.ports.acme}`,
      managementListenAddress: `127.0.0.1:${this.ports.management}`,
      certificate: this.ca,
      privateKey: key,
      httpPort: this.httpPort,
      tlsPort: this.httpPort,
      domainBlocklist: [BLOCKED],
      externalAccountMACKeys: { [TICKET.keyId]: TICKET.hmacKey },
      retryAfter: { authz: 1, order: 1 },
      keyAlgorithm: "ecdsa",
      profiles: { default: { description: "", validityPeriod: this.lifetime } },
    };
    writeFileSync(join(this.folder, "config.json"), JSON.stringify({ pebble }));
  }

  private async startDns(): Promise<void> {
    const nothing = ["-http01", "", "-https01", "", "-tlsalpn01", "", "-doh", "", "-defaultIPv6", ""];
    const addresses = [
      "-management",
      `127.0.0.1:${this.ports.dnsManagement}`,
      "-dnsserver",
      `127.0.0.1:${this.ports.dns}`,
      "-defaultIPv4",
      "127.0.0.1",
    ];
    this.dns = spawn(await program("pebble-challtestsrv"), [...addresses, ...nothing], { stdio: "ignore" });
    await eventually(async () => {
      await fetch(`http://127.0.0.1:${this.ports.dnsManagement}/`);
    }, 20);
  }
}

async function program(name: string): Promise<string> {
  const folder = join(homedir(), ".cache", "portolan", `pebble-${VERSION}`);
  const path = join(folder, name);
  mkdirSync(folder, { recursive: true });
  if (!existsSync(path)) await buildGoProgram({ ...MODULE, folder: `cmd/${name}` }, path, () => undefined);
  return path;
}

async function ended(child: ChildProcess | undefined): Promise<void> {
  if (!child || hasEnded(child)) return;
  const exited = new Promise((resolve) => child.once("exit", resolve));
  child.kill();
  await exited;
}
