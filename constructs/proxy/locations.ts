import type { Answer } from "./nginx-proxy-props";
import type { RouteOptions } from "./route-options";

/** Where the password files are in the proxy's container. */
export const PASSWORDS = "/run/passwords";

/** One location of a server: a path, and what Nginx does with requests for it. */
export interface Location {
  /** A path that ends in a slash stands for all below it, any other for itself alone. */
  readonly path: string;
  readonly lines: readonly string[];
  /** Who gets the request, and what the path is replaced by. */
  readonly target?: { readonly upstream: string; readonly to?: string };
  /** Whether it limits or restricts: then no spelling that a service takes for the same path may get around it. */
  readonly guard?: Guard;
  /** Whether the proxy answers by itself. */
  readonly answer?: boolean;
}

/** `limit` lets everyone in, only not as often; `bar` keeps people out, or requests from the service. */
export type Guard = "limit" | "bar";

/** What a route is made of that has a name of its own elsewhere in the configuration. */
export interface RouteNames {
  readonly upstream: string;
  /** The zone in which the requests of clients are counted. */
  readonly zone?: string;
  readonly passwords?: string;
}

export function passedOn(path: string, options: RouteOptions, { upstream, zone, passwords }: RouteNames): Location {
  const { access, buffering, cache, compression, maxBody, rateLimit, timeout, to } = options;
  const networks = access?.networks ?? [];
  return {
    path,
    target: { upstream, to },
    guard: access ? "bar" : rateLimit && "limit",
    lines: [
      ...(access?.closed ? ["deny all;"] : []),
      ...networks.map((network) => `allow ${network};`),
      ...(networks.length > 0 ? ["deny all;"] : []),
      ...(passwords ? ['auth_basic "Restricted";', `auth_basic_user_file ${PASSWORDS}/${passwords};`] : []),
      ...(access?.login && !access.login.passOn ? ['set $authorization "";'] : []),
      ...(zone && rateLimit ? [limitLine(zone, rateLimit.burst)] : []),
      ...(maxBody ? [`client_max_body_size ${maxBody};`] : []),
      ...(timeout ? [`proxy_read_timeout ${timeout};`, `proxy_send_timeout ${timeout};`] : []),
      ...(buffering ? ["proxy_request_buffering on;", "proxy_buffering on;"] : []),
      ...(compression === false ? ["gzip off;"] : []),
      ...(cache ? [`expires ${cache};`] : []),
    ],
  };
}

/** Below a path that ends in a slash, the rest of the path comes after a target that does so too. */
export function redirected(path: string, to: string, temporary: boolean): Location {
  const [from, target] = path.endsWith("/") ? [`^${pattern(path)}(.*)$`, to.endsWith("/") ? `${to}$1` : to] : ["^", to];
  return { path, lines: [`rewrite ${from} ${target} ${temporary ? "redirect" : "permanent"};`] };
}

export function answered(path: string, { status = 200, body, type = "text/plain" }: Answer): Location {
  const text = body.replace(/[\\"]/g, "\\$&").replaceAll("\n", "\\n");
  const lines = [`default_type ${type};`, `return ${status} "${text}";`];
  // Such an answer hides what the service has there.
  return { path, lines, answer: true, guard: status >= 400 ? "bar" : undefined };
}

export function limitLine(zone: string, burst: number): string {
  return `limit_req zone=${zone}${burst > 0 ? ` burst=${burst} nodelay` : ""};`;
}

/** The path as a regular expression. */
export function pattern(path: string): string {
  return path.replaceAll(".", "\\.");
}

/** What Java's servers cut off from each part of a path. */
const PARAMETERS = "(?:;[^/]*)?";

/**
 * A part that leads nowhere: parameters alone, and the script that PHP's frameworks let stand in front of a path. No part may
 * fit in two ways: each such part of a request would double the work of the expression.
 */
const NOWHERE = "(?:/;[^/]*)*";
const SCRIPT = "(?:/;[^/]*|/(?!;)[^/]*[.](?:php|f?cgi|wsgi))*";

/**
 * The path as a regular expression for every spelling of it that one service or another takes for the same, from the first
 * character on. The case is for the caller to ignore.
 *
 * @param scripts whether a script may stand between the parts too, and not only in front
 */
export function spellings(path: string, scripts: boolean): string {
  const parts = path.split("/").filter(Boolean);
  const between = scripts ? SCRIPT : NOWHERE;
  return `^${parts.map((part, index) => `${index === 0 ? SCRIPT : between}/${pattern(part)}${PARAMETERS}`).join("")}`;
}
