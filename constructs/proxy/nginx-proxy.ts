import { join } from "node:path";
import { TerraformStack } from "cdktf";
import { Construct } from "constructs";
import type { Routable } from "../app/connection";
import { InvalidInput } from "../invalid-input";
import {
  type ApplicationNetwork,
  type Attachment,
  ConfigVolume,
  DockerHost,
  Image,
  ImageSource,
  Membership,
  Network,
  Volume,
  volumeOwner,
} from "../runtime";
import { script } from "../runtime/script";
import { type Certificates, certificateList, certificatePath } from "./certificates";
import { answered, PASSWORDS, passedOn, redirected } from "./locations";
import { WritableMetrics } from "./metrics";
import { nginxConfig } from "./nginx-config";
import type { Answer, NginxProxyProps, RedirectOptions } from "./nginx-proxy-props";
import { checkVersion } from "./nginx-version";
import { PasswordFiles } from "./password-files";
import { checkAnswer, checkProps, checkRoute, checkTarget } from "./proxy-checks";
import { proxyServer } from "./proxy-server";
import { RateZones } from "./rate-zones";
import type { RouteOptions } from "./route-options";
import { RouteTable } from "./route-table";
import { SecurityHeaders } from "./security-headers";
import type { ServerModel } from "./server-block";
import { Upstreams } from "./upstreams";
import { upstreamsConfig } from "./upstreams-config";

export type { NginxProxyProps } from "./nginx-proxy-props";

const ACTIVATE_SCRIPT = script(join(__dirname, "activate.sh"));

/**
 * Most that clients get to leave the workers of the release before. Longer than `keepalive_min_timeout`: until then such a
 * worker may get requests on idle connections.
 */
const DRAIN_SECONDS = 3;

/**
 * The one door from outside: an Nginx that ends TLS and passes requests to services by host and path. Its configuration
 * names the very containers of a release, which are healthy by then, and is loaded without a restart.
 */
export class NginxProxy extends Construct {
  private readonly version: string;
  private readonly networks: ApplicationNetwork[] = [];
  private readonly asked: Attachment[] = [{ network: Network.shared(this) }];
  private readonly table = new RouteTable(this);
  private readonly upstreams = new Upstreams(this);
  private readonly zones = new RateZones();
  private readonly limit?: { zone: string; burst: number };
  private readonly config: ConfigVolume;
  private readonly passwords: PasswordFiles;
  private readonly certificates?: Certificates;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: NginxProxyProps,
  ) {
    super(scope, id);
    const { domain, rateLimit } = props;
    this.version = props.version ?? "1.30";
    checkVersion(this, this.version, "reloads without a lost request");
    checkProps(this, props);
    this.table.addHost(domain);
    if (props.redirectWww) this.table.move(domain.startsWith("www.") ? domain.slice(4) : `www.${domain}`, domain);
    if (rateLimit) this.limit = { zone: this.zones.nameFor(rateLimit, "all"), burst: rateLimit.burst };

    const ports = props.ports ?? { http: 80, https: 443 };
    const resources = { memory: props.resources?.memory ?? 128, cpus: props.resources?.cpus ?? 1 };
    const image = new Image(this, "image", ImageSource.official(`nginx:${this.version}`));
    const certificates = new Volume(this, "certificates");
    const owner = volumeOwner(this, { image, user: "nginx:nginx", volumes: [certificates], anyImage: true });
    this.config = new ConfigVolume(this, "config", {
      image,
      files: () => this.files(ports.https, Math.ceil(resources.cpus)),
      references: () => this.upstreams.containerNames,
      activation: {
        command: ["sh", "/release/activate.sh", DockerHost.of(this).nameOf(this), String(DRAIN_SECONDS)],
        networks: this.asked,
        timeoutSeconds: 120,
      },
    });
    this.config.startAfter(new Membership(this, "networks", DockerHost.of(this).nameOf(this), () => this.networks));
    this.passwords = new PasswordFiles(this, "passwords", { image, config: this.config });
    const metrics = new WritableMetrics(this, "metrics", image);
    this.certificates = props.tls.certificatesIn?.(this, {
      image,
      config: this.config,
      metrics: metrics.mount,
      hosts: () => this.table.hosts,
    });

    const server = proxyServer(this, {
      image,
      ports,
      resources,
      joins: () => this.networks,
      addresses: props.addresses ?? ["0.0.0.0"],
      certificates: this.certificates,
      mounts: [
        { volume: this.config, path: "/etc/portolan", readOnly: true },
        { volume: certificates, path: "/certificates" },
        { volume: this.passwords, path: PASSWORDS, readOnly: true },
        metrics.mount,
      ],
    });
    server.startAfter(owner, metrics.owner, ...(this.certificates?.dependencies ?? []));
  }

  /**
   * Pass requests to a service. A path that ends in a slash stands for all below it, any other for itself alone; the
   * longest path that fits wins.
   *
   * @throws InvalidInput when the service is in another environment or has no port, an option is wrong, or the route is
   *     there already or would never be used
   */
  route(path: string, service: Routable, options: RouteOptions = {}): void {
    const { access, host = this.props.domain, rateLimit, sticky = false } = options;
    this.table.checkPath("path", path);
    if (options.to !== undefined) this.table.checkPath("to", options.to);
    checkRoute(this, path, options);
    if (TerraformStack.of(service) !== TerraformStack.of(this)) {
      throw new InvalidInput(this, `route ${path} leads to ${service.node.path}, which is in another environment`);
    }
    this.join(service.network);
    if (sticky) checkVersion(this, this.version, "sticky routes");
    this.table.add(
      host,
      passedOn(path, options, {
        upstream: this.upstreams.nameFor(service, sticky),
        zone: rateLimit && this.zones.nameFor(rateLimit, path === "/" ? host : path),
        passwords: access?.login && this.passwords.add(access.login),
      }),
    );
  }

  /**
   * Send clients elsewhere: to a path of the same host, or to a whole URL. Below a path that ends in a slash, a target that
   * does so too gets the rest of the path behind it.
   *
   * @throws InvalidInput when the target can't be one, or the route is there already or would never be used
   */
  redirect(path: string, to: string, { host = this.props.domain, temporary = false }: RedirectOptions = {}): void {
    checkTarget(this, path, to);
    this.table.add(host, redirected(path, to, temporary));
  }

  /**
   * Answer without asking a service, as for `/robots.txt`.
   *
   * @throws InvalidInput when the answer can't be one, or the route is there already or would never be used
   */
  respond(path: string, answer: Answer, { host = this.props.domain }: { readonly host?: string } = {}): void {
    checkAnswer(this, path, answer);
    this.table.add(host, answered(path, answer));
  }

  /** The proxy itself, and the job that asks the containers of a release whether they are well. */
  private join(network: ApplicationNetwork): void {
    if (this.networks.includes(network)) return;
    this.networks.push(network);
    this.asked.push({ network });
  }

  private files(httpsPort: number, workers: number): Record<string, string> {
    const { addresses = ["0.0.0.0"], concurrentRequestsPerClient = 1000, headers, maintenance = false } = this.props;
    const config = nginxConfig({
      workers,
      servers: this.servers(),
      headers: headers ?? SecurityHeaders.of(),
      zones: this.zones.models,
      limit: this.limit,
      concurrentRequestsPerClient,
      trustedProxies: this.props.trustedProxies ?? [],
      httpsPort,
      ipv6: addresses.some((address) => address.includes(":")),
      maintenance,
      challenges: this.certificates?.challenges,
    });
    return {
      // An answer's text may look like an expression to Terraform.
      "nginx.conf": config.replaceAll("${", () => "$${").replaceAll("%{", () => "%%{"),
      "upstreams.conf": upstreamsConfig(this.upstreams.models),
      "activate.sh": ACTIVATE_SCRIPT,
      probes: this.upstreams.probes,
      ...(this.certificates && {
        certificates: certificateList(this.certificates.models(this.table.hosts)),
        ...this.certificates.files,
      }),
    };
  }

  private servers(): ServerModel[] {
    const models = this.certificates?.models(this.table.hosts) ?? [];
    return this.table.servers.map((server) => {
      const model = models.find(({ hosts }) => hosts.includes(server.host) || hosts.includes(wildcardOf(server.host)));
      return { ...server, tls: model && { certificate: certificatePath(model) } };
    });
  }
}

function wildcardOf(host: string): string {
  return host.replace(/^[^.]+/, "*");
}
