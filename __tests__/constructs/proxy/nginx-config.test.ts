import { readFileSync } from "node:fs";
import { join } from "node:path";
import { nginxConfig } from "../../../constructs/proxy/nginx-config";
import { SecurityHeaders } from "../../../constructs/proxy/security-headers";
import type { ServerModel } from "../../../constructs/proxy/server-block";
import { proxyConfigs } from "../../../scripts/show/proxy-config";
import { SYSTEMS, synthesisedSystem } from "../../systems";

const SHOP: ServerModel = { host: "shop.example", locations: [], tls: { certificate: "/certificates/shop.pem" } };

type Model = Parameters<typeof nginxConfig>[0];

function configOf(model: Partial<Model> = {}): string {
  return nginxConfig({
    workers: 1,
    servers: [SHOP],
    headers: SecurityHeaders.of(),
    zones: [],
    concurrentRequestsPerClient: 1000,
    trustedProxies: [],
    httpsPort: 443,
    ipv6: false,
    maintenance: false,
    ...model,
  });
}

test.each([
  ...Object.keys(SYSTEMS).map((system) => [system, "local"] as const),
  // With an ACME server that asks for answers.
  ["staka-livres", "production"] as const,
])("of %s in %s is, to the letter, what a person has read", (system, environment) => {
  const [config] = proxyConfigs(synthesisedSystem(system, environment).allContainers);
  expect(config).toBe(readFileSync(join(__dirname, "golden", `${system}-${environment}.nginx.conf`), "utf8"));
});

test("redirects to the port that HTTPS has for the outside, which goes unsaid when it is 443", () => {
  expect(configOf()).toContain("return 308 https://$host$request_uri;");
  expect(configOf({ httpsPort: 8443 })).toContain("return 308 https://$host:8443$request_uri;");
});

test("tells services the public address, whose port goes unsaid where TLS ends in front of it", () => {
  const hosts = (model: Partial<Model>) => configOf(model).match(/(?<=proxy_set_header (X-Forwarded-)?Host ).*(?=;)/g);
  expect(hosts({})).toEqual(["$host", "$host"]);
  expect(hosts({ httpsPort: 8443 })).toEqual(["$host:8443", "$host:8443"]);
  expect(hosts({ httpsPort: 8443, servers: [{ ...SHOP, tls: undefined }] })).toEqual(["$host", "$host"]);
});

test("listens on IPv6 where it is published there", () => {
  expect(configOf().match(/listen \[::\].*;/g)).toBeNull();
  expect(configOf({ ipv6: true }).match(/listen \[::\].*;/g)).toEqual([
    "listen [::]:8080 default_server;",
    "listen [::]:8443 ssl default_server;",
    "listen [::]:8080;",
    "listen [::]:8443 ssl;",
  ]);
});

test("answers nobody who asks for a host it doesn't have", () => {
  const config = configOf();
  expect(config).toContain("listen 8080 default_server;\n    server_name _;\n    return 444;");
  expect(config).toContain("listen 8443 ssl default_server;\n    server_name _;\n    ssl_reject_handshake on;");
});

test("shows an ACME server the answers under any name, as a new one is not yet known to every worker", () => {
  const answers = /location \^~ \/\.well-known\/acme-challenge\/ \{\n\s+root \/issued\/challenges;/g;
  expect(configOf().match(answers)).toBeNull();
  const config = configOf({ challenges: "/issued/challenges" });
  expect(config.match(answers)).toHaveLength(2);
  expect(config).toContain("    location / {\n      return 444;\n    }\n");
});

test("knows no file of its own where there is no route for all", () => {
  expect(configOf()).toContain("    location / {\n      return 404;\n    }\n");
});

test("is closed as a whole for maintenance", () => {
  expect(configOf().match(/^ {4}return 503;$/gm)).toBeNull();
  expect(configOf({ maintenance: true }).match(/^ {4}return 503;$/gm)).toHaveLength(1);
});

test("believes only the proxies it knows, when they say who the client is", () => {
  expect(configOf()).not.toContain("real_ip");
  expect(configOf({ trustedProxies: ["192.0.2.0/24", "2001:db8::/32"] })).toContain(`
  set_real_ip_from 192.0.2.0/24;
  set_real_ip_from 2001:db8::/32;
  real_ip_header X-Forwarded-For;
  real_ip_recursive on;
`);
});

test("counts requests in named zones, and limits the routes that have no limit of their own", () => {
  const config = configOf({
    zones: [
      { name: "rate.all", rate: "10r/s" },
      { name: "rate.login", rate: "5r/m" },
    ],
    limit: { zone: "rate.all", burst: 20 },
  });
  expect(config).toContain(`  limit_req_zone $client zone=rate.all:1m rate=10r/s;
  limit_req_zone $client zone=rate.login:1m rate=5r/m;
  limit_req_status 429;
`);
  expect(config.match(/^ {4}limit_req .*$/gm)).toEqual(["    limit_req zone=rate.all burst=20 nodelay;"]);
});
