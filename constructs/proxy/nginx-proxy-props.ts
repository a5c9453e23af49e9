import type { Resources } from "../runtime";
import type { RateLimit } from "./rate-limit";
import type { SecurityHeaders } from "./security-headers";
import type { Tls } from "./tls";

export interface NginxProxyProps {
  /** Host name of the routes that name none. */
  readonly domain: string;

  readonly tls: Tls;

  /**
   * Send requests for `www.<domain>` to the domain; for a domain that begins with `www.`, those without it.
   *
   * @default false
   */
  readonly redirectWww?: boolean;

  /**
   * Ports of the host. HTTP only redirects to HTTPS; with `Tls.off()` it is the only one.
   *
   * @default - 80 and 443
   */
  readonly ports?: { readonly http: number; readonly https: number };

  /**
   * Addresses of the host that the ports are bound to; `"::"` stands for all of IPv6. Docker's published ports bypass the
   * host's firewall.
   *
   * @default ["0.0.0.0"]
   */
  readonly addresses?: readonly string[];

  /** @default - the safe choices of SecurityHeaders.of() */
  readonly headers?: SecurityHeaders;

  /**
   * How much a client may ask for in all routes that have no limit of their own.
   *
   * @default - as much as it likes
   */
  readonly rateLimit?: RateLimit;

  /**
   * Requests of one client that are answered at the same time; what is more gets 429.
   *
   * @default 1000
   */
  readonly concurrentRequestsPerClient?: number;

  /**
   * Addresses or networks of a CDN or load balancer in front. Only they are believed when they say, in `X-Forwarded-For`,
   * who the client is.
   *
   * @default - none
   */
  readonly trustedProxies?: readonly string[];

  /**
   * Answer everything with a page that says that the site is away for a moment, and 503.
   *
   * @default false
   */
  readonly maintenance?: boolean;

  /**
   * Version, as in the tag of the official image; at least 1.27.4, for reloads without a lost request, and 1.29.6 for
   * sticky routes.
   *
   * @default "1.30"
   */
  readonly version?: string;

  /** @default - 128 MiB of memory and one core */
  readonly resources?: Resources;
}

export interface RedirectOptions {
  /**
   * Host name of the requests.
   *
   * @default - the proxy's domain
   */
  readonly host?: string;

  /**
   * Whether browsers ask again the next time.
   *
   * @default false
   */
  readonly temporary?: boolean;
}

export interface Answer {
  /** @default 200 */
  readonly status?: number;
  readonly body: string;
  /** @default "text/plain" */
  readonly type?: string;
}
