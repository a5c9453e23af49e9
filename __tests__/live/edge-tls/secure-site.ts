import { connect, type TLSSocket } from "node:tls";
import { run } from "../../../scripts/run";
import { CERTIFICATES } from "../../../scripts/setup/images/catalogue";
import { ensureStandIns } from "../../../scripts/setup/images/images";
import { Deployment } from "../deployment";
import { eventually } from "../eventually";
import type { AcmeServer } from "./acme-server";

/** What a proxy shows under one host name. */
export interface Shown {
  readonly serial: string;
  /** Whether a client that trusts the given authority would go on. */
  readonly trusted: boolean;
  readonly names: string;
}

/** The test's system behind a proxy with certificates of the test's choice. */
export class SecureSite {
  static async create(name: string): Promise<SecureSite> {
    await ensureStandIns(() => undefined, CERTIFICATES);
    const deployment = await Deployment.create(name);
    deployment.app = "__tests__/live/systems/secure-site.ts";
    return new SecureSite(deployment);
  }

  private constructor(readonly deployment: Deployment) {}

  get proxy(): string {
    return `${this.deployment.prefix}-proxy`;
  }

  choose(mode: string, settings: Record<string, string> = {}): void {
    this.deployment.extraEnv = { ...this.deployment.extraEnv, TEST_TLS: mode, ...settings };
  }

  /** Certificates from a server of the test. */
  chooseAcme(server: AcmeServer, mode = "acme", settings: Record<string, string> = {}): void {
    this.choose(mode, { TEST_ACME_SERVER: server.directory, TEST_ACME_CA: server.ca, ...settings });
  }

  deploy(): Promise<void> {
    return this.deployment.mustDeploy();
  }

  /** The certificate that clients get under a host name. */
  async shown(root?: string, host = this.deployment.domain): Promise<Shown> {
    const socket = await this.connection(host, root);
    const { serialNumber, subjectaltname } = socket.getPeerCertificate();
    socket.destroy();
    return { serial: serialNumber, trusted: socket.authorized, names: subjectaltname ?? "" };
  }

  /** Waits for a certificate that clients trust, and no second try for it; returns its serial number. */
  async trusted(root: string, host?: string): Promise<string> {
    let serial = "";
    await eventually(async () => {
      // While Nginx reloads, workers with the one before still take a connection now and then.
      const all = await Promise.all(Array.from({ length: 10 }, () => this.shown(root, host)));
      serial = all[0]?.serial ?? "";
      expect(all).toEqual(all.map(() => expect.objectContaining({ serial, trusted: true })));
    }, 100).catch(async (error: Error) => {
      throw new Error(`${error.message}\n\n${await this.logs(`${this.proxy}-acme`)}`);
    });
    return serial;
  }

  connection(servername: string, root?: string): Promise<TLSSocket> {
    return new Promise((resolve, reject) => {
      const socket = connect({
        host: "127.0.0.1",
        port: this.deployment.ports.https,
        servername,
        ca: root,
        rejectUnauthorized: false,
      });
      socket.once("secureConnect", () => resolve(socket)).once("error", reject);
    });
  }

  /** Everything the proxy and its helper write for Prometheus, by name and certificate. */
  async metrics(): Promise<Record<string, number>> {
    const { stdout } = await run("docker", ["exec", this.proxy, "sh", "-c", "cat /metrics/*.prom"]);
    const lines = stdout.matchAll(/^portolan_certificate_(\w+)\{proxy="[^"]+",name="([^"]+)"\} (\d+)$/gm);
    return Object.fromEntries([...lines].map(([, metric, name, value]) => [`${metric} ${name}`, Number(value)]));
  }

  async logs(container: string): Promise<string> {
    const { stdout, stderr } = await run("docker", ["logs", container]);
    return stdout + stderr;
  }
}
