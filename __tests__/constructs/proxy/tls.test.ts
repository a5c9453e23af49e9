import { NginxProxy } from "../../../constructs/proxy/nginx-proxy";
import { Tls } from "../../../constructs/proxy/tls";
import { type Synthesised, service, synthesised } from "../../synthesised";

function proxied(tls: Tls): Synthesised {
  return synthesised((shop) => {
    const proxy = new NginxProxy(shop, "proxy", { domain: "shop.example", tls });
    proxy.route("/", service(shop, "web"));
    proxy.route("/", service(shop, "api"), { host: "api.shop.example" });
  });
}

function fileOf(stack: Synthesised, name: string): string {
  const { upload = [] } = stack.container("proxy/config/release");
  return upload.find(({ file }) => file === `/release/${name}`)?.content ?? "";
}

test("that the proxy makes for itself is one certificate for all host names", () => {
  const stack = proxied(Tls.selfSigned());
  expect(fileOf(stack, "certificates")).toBe("self-signed shop.example api.shop.example\n");
  expect(fileOf(stack, "nginx.conf").match(/ssl_certificate(_key)? .*;/g)).toEqual([
    "ssl_certificate /certificates/self-signed.pem;",
    "ssl_certificate_key /certificates/self-signed.pem;",
    "ssl_certificate /certificates/self-signed.pem;",
    "ssl_certificate_key /certificates/self-signed.pem;",
  ]);
});

test("is what Mozilla's guideline 6.0 calls intermediate", () => {
  const config = fileOf(proxied(Tls.selfSigned()), "nginx.conf");
  expect(config).toContain("ssl_protocols TLSv1.2 TLSv1.3;");
  expect(config).toContain("ssl_prefer_server_ciphers off;");
  expect(config).toContain("ssl_session_tickets off;");
  expect(config).not.toMatch(/stapling|dhparam/);
  const [, ciphers = ""] = /ssl_ciphers (\S+);/.exec(config) ?? [];
  expect(ciphers.split(":").filter((cipher) => !/^ECDHE-(ECDSA|RSA)-(AES\d+-GCM|CHACHA20)/.test(cipher))).toEqual([]);
});

describe("that is off", () => {
  test("publishes HTTP alone, and serves the routes there", () => {
    const stack = proxied(Tls.off());
    expect(stack.container("proxy").ports).toEqual([{ internal: 8080, external: 80, ip: "0.0.0.0" }]);
    const config = fileOf(stack, "nginx.conf");
    expect(config).not.toMatch(/ssl|8443|return 308/);
    expect(config).toContain("listen 8080;\n    server_name shop.example;");
  });

  test("tells applications that whoever is in front has spoken HTTPS", () => {
    expect(fileOf(proxied(Tls.off()), "nginx.conf")).toContain("proxy_set_header X-Forwarded-Proto https;");
    expect(fileOf(proxied(Tls.selfSigned()), "nginx.conf")).toContain("proxy_set_header X-Forwarded-Proto $scheme;");
  });
});
