import { join } from "node:path";
import { Lazy, TerraformStack } from "cdktf";
import { Construct } from "constructs";
import type { Routable } from "../app/connection";
import { InvalidInput } from "../invalid-input";
import {
  ConfigVolume,
  DockerHost,
  Health,
  Image,
  ImageSource,
  Network,
  Replacement,
  type Resources,
  Service,
  Volume,
  volumeOwner,
} from "../runtime";
import { script } from "../runtime/script";
import { nginxConfig, PORTS, type RouteModel, upstreamsConfig } from "./nginx-config";
import type { Tls } from "./tls";

const PROXY_SCRIPT = script(join(__dirname, "proxy.sh"));
const ACTIVATE_SCRIPT = script(join(__dirname, "activate.sh"));

/**
 * Most that clients get to leave the workers of the release before. Longer than `keepalive_min_timeout`: until then such a
 * worker may get requests on idle connections.
 */
const DRAIN_SECONDS = 3;

export interface NginxProxyProps {
  /** Host name of the routes that name none. */
  readonly domain: string;

  readonly tls: Tls;

  /**
   * Ports of the host. HTTP only redirects to HTTPS.
   *
   * @default - 80 and 443
   */
  readonly ports?: { readonly http: number; readonly https: number };

  /**
   * Address of the host that the ports are bound to. Docker's published ports bypass the host's firewall.
   *
   * @default 0.0.0.0
   */
  readonly address?: string;

  /**
   * Version, as in the tag of the official image; at least 1.27.4, for reloads without a lost request.
   *
   * @default "1.30"
   */
  readonly version?: string;

  /** @default - 128 MiB of memory and one core */
  readonly resources?: Resources;
}

export interface RouteOptions {
  /**
   * Host name of the requests.
   *
   * @default - the proxy's domain
   */
  readonly host?: string;

  /**
   * What the path is replaced by on the way to the service: `"/"` strips a prefix.
   *
   * @default - the path stays as it is
   */
  readonly to?: string;
}

/**
 * The one door from outside: an Nginx that ends TLS and passes requests to services by host and path. Its configuration
 * names the very containers of a release, which are healthy by then, and is loaded without a restart.
 */
export class NginxProxy extends Construct {
  private readonly servers = new Map<string, RouteModel[]>();
  private readonly upstreams = new Map<Routable, { name: string; addresses: string[] }>();

  constructor(
    scope: Construct,
    id: string,
    private readonly props: NginxProxyProps,
  ) {
    super(scope, id);
    const ports = props.ports ?? { http: 80, https: 443 };
    if (ports.http === ports.https) {
      throw new InvalidInput(this, `ports http and https are both ${ports.http}; they must differ`);
    }
    this.servers.set(checkedHost(this, props.domain), []);

    const version = checkedVersion(this, props.version ?? "1.30");
    const resources = { memory: props.resources?.memory ?? 128, cpus: props.resources?.cpus ?? 1 };
    const image = new Image(this, "image", ImageSource.official(`nginx:${version}`));
    const certificates = new Volume(this, "certificates");
    const owner = volumeOwner(this, { image, user: "nginx:nginx", volumes: [certificates] });
    const config = new ConfigVolume(this, "config", {
      image,
      files: () => this.files(ports.https, Math.ceil(resources.cpus)),
      references: () => [...this.upstreams.keys()].flatMap((service) => service.containerNames),
      activation: {
        command: ["sh", "/release/activate.sh", DockerHost.of(this).nameOf(this), String(DRAIN_SECONDS)],
        networks: [{ network: Network.shared(this) }],
        timeoutSeconds: 120,
      },
    });

    const proxy = new Service(
      this,
      "server",
      {
        image,
        entrypoint: ["sh", "-c"],
        command: [
          Lazy.stringValue({
            produce: () => PROXY_SCRIPT.replace("@PREPARE@", () => props.tls.prepare([...this.servers.keys()])),
          }),
        ],
        user: "nginx",
        networks: [{ network: Network.shared(this) }],
        mounts: [
          { volume: config, path: "/etc/portolan", readOnly: true },
          { volume: certificates, path: "/certificates" },
        ],
        tmpfs: { "/tmp": "rw,noexec,nosuid,mode=1777,size=32m" },
        ports: [
          { container: PORTS.http, host: ports.http, address: props.address ?? "0.0.0.0" },
          { container: PORTS.https, host: ports.https, address: props.address ?? "0.0.0.0" },
        ],
        resources,
        // Healthy without a release only as long as there is none.
        health: Health.command(
          `version=$(curl -fsS -m 5 http://127.0.0.1:${PORTS.status}/version) && { [ "$version" != none ] || [ ! -e /etc/portolan/current ]; }`,
        ),
        stopSignal: "SIGQUIT",
      },
      { replacement: Replacement.STOP_FIRST },
    );
    proxy.startAfter(owner);
  }

  /**
   * Pass requests to a service. A path that ends in a slash stands for all below it, any other for itself alone; the
   * longest path that fits wins.
   *
   * @throws InvalidInput when the service is in another environment or has no port, or the route is there already
   */
  route(path: string, service: Routable, options: RouteOptions = {}): void {
    const host = checkedHost(this, options.host ?? this.props.domain);
    for (const [what, value] of Object.entries({ path, to: options.to ?? "/" })) {
      if (!/^\/[\w\-./~%]*$/.test(value)) {
        throw new InvalidInput(
          this,
          `${what} "${value}" of a route must start with "/" and have no spaces, like "/api/"`,
        );
      }
    }
    if (TerraformStack.of(service) !== TerraformStack.of(this)) {
      throw new InvalidInput(this, `route ${path} leads to ${service.node.path}, which is in another environment`);
    }
    const routes = this.servers.get(host) ?? [];
    if (routes.some((route) => route.path === path)) {
      throw new InvalidInput(this, `route ${host}${path} is there already; remove one of the two`);
    }
    this.servers.set(host, [...routes, { path, to: options.to, upstream: this.upstreamOf(service).name }]);
  }

  private upstreamOf(service: Routable) {
    const { port } = service;
    if (!port)
      throw new InvalidInput(this, `cannot route to ${service.node.path}: it has no port; add \`port: …\` there`);
    const upstream = this.upstreams.get(service) ?? {
      name: service.node.path.split("/").slice(1).join("-"),
      addresses: service.containerNames.map((container) => `${container}:${port}`),
    };
    this.upstreams.set(service, upstream);
    return upstream;
  }

  private files(httpsPort: number, workers: number): Record<string, string> {
    const servers = [...this.servers].map(([host, routes]) => ({ host, routes }));
    return {
      "nginx.conf": nginxConfig(servers, httpsPort, workers),
      "upstreams.conf": upstreamsConfig([...this.upstreams.values()]),
      "activate.sh": ACTIVATE_SCRIPT,
      probes: [...this.upstreams].map(([service, { addresses }]) => probesOf(service, addresses)).join(""),
    };
  }
}

/** `keepalive_min_timeout` came with 1.27.4, and the Alpine images have no openssl. */
function checkedVersion(scope: Construct, version: string): string {
  const [, major, minor, patch] = /^(\d+)\.(\d+)(?:\.(\d+))?$/.exec(version) ?? [];
  // Without a third number it is the newest of its kind.
  if (Number(major) * 1e6 + Number(minor) * 1e3 + Number(patch ?? 999) >= 1_027_004) return version;
  throw new InvalidInput(scope, `version "${version}" must be a number of at least 1.27.4, like "1.30"`);
}

function probesOf({ probe }: Routable, addresses: readonly string[]): string {
  return probe === undefined ? "" : addresses.map((address) => `http://${address}${probe}\n`).join("");
}

function checkedHost(scope: Construct, host: string): string {
  if (!/^(?=.{1,253}$)([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(host)) {
    throw new InvalidInput(
      scope,
      `host name "${host}" must be lower-case letters, digits, dashes and dots, like "app.example.com"`,
    );
  }
  return host;
}
