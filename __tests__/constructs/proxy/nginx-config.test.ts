import { readFileSync } from "node:fs";
import { join } from "node:path";
import { nginxConfig, upstreamsConfig } from "../../../constructs/proxy/nginx-config";
import { synthesisedSystem } from "../../systems";

function golden(name: string): string {
  return readFileSync(join(__dirname, "golden", name), "utf8");
}

test("of CHE·NU is, to the letter, what a person has read", () => {
  const { upload = [] } = synthesisedSystem("chenu", "local").container("proxy/config/release");
  expect(upload.find(({ file }) => file === "/release/nginx.conf")?.content).toBe(golden("chenu-local.nginx.conf"));
});

test("redirects to the port that HTTPS has for the outside, which goes unsaid when it is 443", () => {
  const servers = [{ host: "shop.example", routes: [] }];
  expect(nginxConfig(servers, 443, 1)).toContain("return 308 https://$host$request_uri;");
  expect(nginxConfig(servers, 8443, 1)).toContain("return 308 https://$host:8443$request_uri;");
});

test("has a location for all below a path that ends in a slash, and for any other path alone", () => {
  const routes = [
    { path: "/", upstream: "web" },
    { path: "/api/", to: "/", upstream: "api" },
    { path: "/status", to: "/health", upstream: "api" },
  ];
  const config = nginxConfig([{ host: "shop.example", routes }], 443, 2);
  expect(config.slice(config.indexOf("server_name shop.example;\n\n"))).toBe(`server_name shop.example;

    location / {
      proxy_pass http://web;
    }

    location /api/ {
      proxy_pass http://api/;
    }

    location = /status {
      proxy_pass http://api/health;
    }
  }
}
`);
});

test("answers nobody who asks for a host it doesn't have", () => {
  const config = nginxConfig([], 443, 2);
  expect(config).toContain("listen 8080 default_server;\n    server_name _;\n    return 444;");
  expect(config).toContain("listen 8443 ssl default_server;\n    server_name _;\n    ssl_reject_handshake on;");
});

test("has an upstream for each service, with a server for each replica", () => {
  expect(
    upstreamsConfig([
      { name: "web", addresses: ["web-1:8080"] },
      { name: "api", addresses: ["api-1:3000", "api-2:3000"] },
    ]),
  ).toBe(`upstream web {
  zone web 64k;
  server web-1:8080;
  keepalive 16;
}

upstream api {
  zone api 64k;
  server api-1:3000;
  server api-2:3000;
  keepalive 16;
}
`);
});
