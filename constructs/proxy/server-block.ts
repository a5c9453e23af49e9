import { guardsOf, locationBlocks, plainBlock } from "./location-blocks";
import { type Location, limitLine } from "./locations";
import { challengeLocation, type ServerTls } from "./tls-config";

/** Ports Nginx listens on inside its container, which has no right to lower ones. */
export const PORTS = { http: 8080, https: 8443, status: 8081 };

export interface ServerModel {
  readonly host: string;
  /** Without it, the server speaks HTTP alone: TLS ends in front of the proxy. */
  readonly tls?: ServerTls;
  readonly locations: readonly Location[];
  /** Host name that all requests are sent to instead. */
  readonly movedTo?: string;
}

export interface ServerSettings {
  /** Port that HTTPS has for the outside. */
  readonly httpsPort: number;
  /** Whether requests come in over IPv6, too. */
  readonly ipv6: boolean;
  readonly maintenance: boolean;
  /** Folder with the answers for an ACME server, which asks over HTTP. */
  readonly challenges?: string;
  /** For routes that have no limit of their own. */
  readonly limit?: { readonly zone: string; readonly burst: number };
}

/** What comes after a host name in an address. */
export function publicPort({ httpsPort }: Pick<ServerSettings, "httpsPort">): string {
  return httpsPort === 443 ? "" : `:${httpsPort}`;
}

export function serverBlock(server: ServerModel, settings: ServerSettings): string {
  const { host, tls } = server;
  const name = `    server_name ${host};\n`;
  if (!tls) return block(`${listen(PORTS.http, settings.ipv6)}${name}`, contentOf(server, settings));
  const upgrade = `return 308 https://$host${publicPort(settings)}$request_uri;`;
  return (
    block(`${listen(PORTS.http, settings.ipv6)}${name}`, plainContent(upgrade, settings)) +
    block(
      `${listen(PORTS.https, settings.ipv6, "ssl")}    http2 on;
${name}    ssl_certificate ${tls.certificate};
    ssl_certificate_key ${tls.certificate};
`,
      contentOf(server, settings),
    )
  );
}

/**
 * For requests under any other name, or none. An ACME server gets its answers here, too: it may ask about a new host name
 * while the workers that know the name are still being started.
 */
export function strangersBlock(encrypted: boolean, settings: ServerSettings): string {
  const { ipv6 } = settings;
  const http = block(
    `${listen(PORTS.http, ipv6, "default_server")}    server_name _;\n`,
    plainContent("return 444;", settings),
  );
  if (!encrypted) return http;
  return (
    http +
    block(
      listen(PORTS.https, ipv6, "ssl default_server"),
      "    server_name _;\n    ssl_reject_handshake on;\n    return 421;\n",
    )
  );
}

/** One answer to everything but an ACME server. */
function plainContent(answer: string, { challenges }: ServerSettings): string {
  return challenges
    ? `\n${challengeLocation(challenges)}${plainBlock({ path: "/", lines: [answer] })}`
    : `    ${answer}\n`;
}

function contentOf({ tls, locations, movedTo }: ServerModel, settings: ServerSettings): string {
  if (movedTo) {
    return `    return 308 https://${movedTo}${tls ? publicPort(settings) : ""}$request_uri;\n`;
  }
  const lines = [
    "# Nginx goes by the path it has decoded and cleaned, the application gets it as it came: they could mean two routes.",
    refused(`$request_uri ~* "${DETOUR}"`),
    ...(guardsOf(locations).length > 0 ? [refused(`$uri ~ "${ENCODED_TWICE}"`)] : []),
    "# For the application, unless the route itself asks for a password.",
    "set $authorization $http_authorization;",
    ...(settings.maintenance ? ["return 503;"] : []),
    ...(settings.limit ? [limitLine(settings.limit.zone, settings.limit.burst)] : []),
    "error_page 502 503 504 = @unavailable;",
  ];
  return `${lines.map((line) => `    ${line}\n`).join("")}${UNAVAILABLE}${locationBlocks([...locations, ...nowhere(locations)])}`;
}

/**
 * By way of an open route, such a path could reach a guarded one, and no browser sends it: one with a part "..", in any
 * spelling; with "#", which is where a path ends for Nginx only; with a backslash, which some take for a slash; or with two
 * slashes at its beginning, behind which some look for a host name.
 */
const DETOUR = "^(/(/|%2f)|[^?]*(#|\\x5c|%5c|(/|%2f)([.]|%2e){2}(/|%2f|;|%3b|[?]|$)))";

/** What a service that decodes a path once more than Nginx would take for another. */
const ENCODED_TWICE = "%[0-9A-Fa-f]{2}";

function refused(condition: string): string {
  return `if (${condition}) {\n      return 400;\n    }`;
}

/** Nginx would look for a file. */
function nowhere(locations: readonly Location[]): Location[] {
  return locations.some(({ path }) => path === "/") ? [] : [{ path: "/", lines: ["return 404;"] }];
}

const UNAVAILABLE = `
    # Only without a connection is it certain that nothing was executed, so that the client may try again.
    location @unavailable {
      default_type text/html;
      if ($upstream_connect_time !~ \\d) {
        return 503 $unavailable;
      }
      if ($upstream_status ~ 504$) {
        return 504;
      }
      return 502;
    }

    location ~ /\\.(?!well-known/) {
      return 404;
    }
`;

function listen(port: number, ipv6: boolean, options = ""): string {
  const suffix = options && ` ${options}`;
  return [`${port}`, ...(ipv6 ? [`[::]:${port}`] : [])].map((address) => `    listen ${address}${suffix};\n`).join("");
}

function block(head: string, body: string): string {
  return `
  server {
${head}${body}  }
`;
}
