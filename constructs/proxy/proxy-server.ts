import { join } from "node:path";
import type { Construct } from "constructs";
import {
  type ApplicationNetwork,
  DockerHost,
  Health,
  type Image,
  type Mount,
  Network,
  Replacement,
  type Resources,
  Service,
} from "../runtime";
import { script } from "../runtime/script";
import type { Certificates } from "./certificates";
import { PORTS } from "./server-block";

const [METRICS_SCRIPT, CERTIFICATES_SCRIPT, UPSTREAMS_SCRIPT, PROXY_SCRIPT] = [
  "metrics.sh",
  "certificates.sh",
  "upstreams.sh",
  "proxy.sh",
].map((file) => script(join(__dirname, file)));

/** While clients of a stopping proxy leave, nobody else gets in: its port of the host is closed, and nobody has it yet. */
const STOP_SECONDS = 3;

/** Where TLS ends in front of the proxy. */
const NO_CERTIFICATES = "adopt() { :; }\nrenewed() { false; }";

export interface ProxyServerProps {
  readonly image: Image;
  readonly mounts: readonly Mount[];
  readonly certificates?: Certificates;
  readonly ports: { readonly http: number; readonly https: number };
  readonly addresses: readonly string[];
  readonly resources: Resources;
  /** The networks of what it has routes to. */
  readonly joins: () => readonly ApplicationNetwork[];
}

/** The container of the proxy. Nothing about it depends on a route, so that no route replaces it. */
export function proxyServer(proxy: Construct, props: ProxyServerProps): Service {
  const { certificates, ports } = props;
  return new Service(
    proxy,
    "server",
    {
      image: props.image,
      entrypoint: ["sh", "-c"],
      command: [
        [
          `proxy=${DockerHost.of(proxy).nameOf(proxy)}`,
          METRICS_SCRIPT,
          certificates ? `${CERTIFICATES_SCRIPT}${certificates.offered}` : NO_CERTIFICATES,
          UPSTREAMS_SCRIPT,
          PROXY_SCRIPT,
        ].join("\n"),
      ],
      user: "nginx",
      networks: [{ network: Network.shared(proxy) }],
      mounts: [...props.mounts, ...(certificates?.mounts ?? [])],
      tmpfs: { "/tmp": "rw,noexec,nosuid,mode=1777,size=32m" },
      ports: props.addresses.flatMap((address) => [
        { container: PORTS.http, host: ports.http, address },
        ...(certificates ? [{ container: PORTS.https, host: ports.https, address }] : []),
      ]),
      resources: props.resources,
      // Healthy without a release only as long as there is none.
      health: Health.command(
        `version=$(curl -fsS -m 5 http://127.0.0.1:${PORTS.status}/version) && { [ "$version" != none ] || [ ! -e /etc/portolan/current ]; }`,
      ),
      stopSignal: "SIGQUIT",
      stopSeconds: STOP_SECONDS,
    },
    { replacement: Replacement.STOP_FIRST, joins: props.joins },
  );
}
