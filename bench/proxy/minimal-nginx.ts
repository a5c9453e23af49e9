import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Deployment, freePort, REGISTRY } from "../../__tests__/live/deployment";
import { run } from "../../scripts/run";

/** What somebody would write by hand before the same service: the same Nginx, and nothing that it doesn't need for that. */
export class MinimalNginx {
  /** With the limits and the kind of key that the proxy has. */
  static async start({ prefix }: Deployment, site: string): Promise<MinimalNginx> {
    const port = await freePort();
    const name = `${prefix}-minimal`;
    const config = readFileSync(join(__dirname, "minimal.conf"), "utf8").replace("SITE", site);
    const image = `${REGISTRY?.replace(/^https?:\/\//, "")}/nginx:1.30`;
    const limits = [
      "--cpus",
      "1",
      "--memory",
      "128m",
      "--network",
      `${prefix}-network-site`,
      "--env",
      `CONFIG=${config}`,
    ];
    await run("docker", [
      "run",
      "--detach",
      "--name",
      name,
      "--publish",
      `127.0.0.1:${port}:8443`,
      ...limits,
      image,
      "sh",
      "-euc",
      START,
    ]);
    return new MinimalNginx(name, port);
  }

  private constructor(
    readonly name: string,
    readonly port: number,
  ) {}
}

const START = `
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=minimal -keyout - -out - >/etc/nginx/certificate.pem
printf '%s' "$CONFIG" >/etc/nginx/nginx.conf
exec nginx -g 'daemon off;'`;
