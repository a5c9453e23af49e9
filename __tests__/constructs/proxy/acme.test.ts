import { AcmeChallenge } from "../../../constructs/proxy/acme-challenge";
import type { AcmeOptions } from "../../../constructs/proxy/acme-options";
import { NginxProxy } from "../../../constructs/proxy/nginx-proxy";
import { Tls } from "../../../constructs/proxy/tls";
import { Removal } from "../../../constructs/runtime";
import { Secret } from "../../../constructs/secret";
import { type Synthesised, service, synthesised } from "../../synthesised";

const LETS_ENCRYPT = "https://acme-v02.api.letsencrypt.org/directory";

function proxied(options: Partial<AcmeOptions> = {}, hosts = ["shop.com", "api.shop.com"]): Synthesised {
  const [domain = "", ...others] = hosts;
  return synthesised((shop) => {
    const proxy = new NginxProxy(shop, "proxy", { domain, tls: Tls.acme({ email: "ops@shop.com", ...options }) });
    for (const host of others) proxy.route("/", service(shop, `web-${host.split(".")[0]}`), { host });
  });
}

function fileOf(stack: Synthesised, name: string): string {
  const { upload = [] } = stack.container("proxy/config/release");
  return upload.find(({ file }) => file === `/release/${name}`)?.content ?? "";
}

const dns = AcmeChallenge.dns("ovh", {
  credentials: { OVH_APPLICATION_SECRET: Secret.named("OVH_APPLICATION_SECRET") },
  settings: { OVH_ENDPOINT: "ovh-eu" },
});

test("gets a certificate for each host name from Let's Encrypt, with answers on port 80", () => {
  const stack = proxied();
  const { env, command } = stack.container("proxy/acme");
  expect(env).toEqual(["ACME_EMAIL=ops@shop.com", `ACME_SERVER=${LETS_ENCRYPT}`]);
  expect(command).toEqual(["shop-test-proxy", "--http", "--http.webroot", "/issued/challenges"]);
  expect(fileOf(stack, "certificates")).toBe("shop.com shop.com\napi.shop.com api.shop.com\n");
  const config = fileOf(stack, "nginx.conf");
  expect(config.match(/ssl_certificate .*;/g)).toEqual([
    "ssl_certificate /certificates/shop.com.pem;",
    "ssl_certificate /certificates/api.shop.com.pem;",
  ]);
  // Under both names, and under any other.
  expect(config.match(/location \^~ \/.well-known\/acme-challenge\/ \{\n\s+root \/issued\/challenges;/g)).toHaveLength(
    3,
  );
});

test("asks another server, with an account that has a ticket, when told so", () => {
  const stack = proxied({
    server: "https://acme.zerossl.com/v2/DV90",
    externalAccount: { keyId: Secret.named("EAB_KEY_ID"), hmacKey: Secret.named("EAB_HMAC_KEY") },
  });
  expect(stack.container("proxy/acme").env).toContain("ACME_SERVER=https://acme.zerossl.com/v2/DV90");
  expect(stack.container("proxy/acme/secrets/write").upload).toEqual([
    { file: "/secrets/LEGO_EAB_KID", content: "${var.EAB_KEY_ID}" },
    { file: "/secrets/LEGO_EAB_HMAC", content: "${var.EAB_HMAC_KEY}" },
  ]);
});

test("shows a DNS provider's credentials to nobody: they are files", () => {
  const stack = proxied({ challenge: dns });
  const { env, command } = stack.container("proxy/acme");
  expect(env).toEqual(
    expect.arrayContaining(["OVH_APPLICATION_SECRET_FILE=/run/secrets/OVH_APPLICATION_SECRET", "OVH_ENDPOINT=ovh-eu"]),
  );
  expect(command).toEqual(["shop-test-proxy", "--dns", "ovh"]);
  expect(stack.container("proxy/acme/secrets/write").upload).toEqual([
    { file: "/secrets/OVH_APPLICATION_SECRET", content: "${var.OVH_APPLICATION_SECRET}" },
  ]);
  expect(fileOf(stack, "nginx.conf")).not.toContain("acme-challenge");
});

test("has one certificate for a domain and all names directly below it", () => {
  const hosts = ["shop.com", "api.shop.com", "a.api.shop.com", "other.com"];
  const stack = proxied({ challenge: dns, wildcards: ["shop.com"] }, hosts);
  expect(fileOf(stack, "certificates")).toBe(
    "_.shop.com *.shop.com shop.com\na.api.shop.com a.api.shop.com\nother.com other.com\n",
  );
  expect(fileOf(stack, "nginx.conf").match(/ssl_certificate .*;/g)).toEqual([
    "ssl_certificate /certificates/_.shop.com.pem;",
    "ssl_certificate /certificates/_.shop.com.pem;",
    "ssl_certificate /certificates/a.api.shop.com.pem;",
    "ssl_certificate /certificates/other.com.pem;",
  ]);
});

test("protects accounts and certificates like data, until the code says otherwise", () => {
  const volumes = (stack: Synthesised) => JSON.stringify(stack.resources("docker_volume").protected);
  expect(volumes(proxied())).toContain("shop-test-proxy-acme-state");
  expect(volumes(proxied({ state: { removal: Removal.DESTROY_DATA } }))).not.toContain("shop-test-proxy-acme-state");
});

test("asks for the first certificates when the proxy can answer for them", () => {
  const stack = proxied();
  expect(stack.container("proxy/acme").depends_on).toContain(stack.addressOf("proxy/config/release"));
});

test("adding a host name replaces neither the proxy nor whoever asks for certificates", () => {
  const [before, after] = [proxied({}, ["shop.com"]), proxied({}, ["shop.com", "api.shop.com"])];
  // Provisioners run only when a container is made.
  const { provisioner } = before.container("proxy");
  expect({ ...after.container("proxy"), provisioner }).toEqual(before.container("proxy"));
  expect(after.container("proxy/acme")).toEqual(before.container("proxy/acme"));
});

describe("refuses", () => {
  test.each([
    [{ email: "ops" }, 'email "ops" must be an address, like "ops@example.com"'],
    [{ server: "acme.example" }, `server "acme.example" must be the URL of an ACME directory, like "${LETS_ENCRYPT}"`],
    [
      { server: "http://acme.example" },
      `server "http://acme.example" must be the URL of an ACME directory, like "${LETS_ENCRYPT}"`,
    ],
    [{ wildcards: ["shop.com"] }, "wildcards take a DNS challenge; add `challenge: AcmeChallenge.dns(…)`"],
    [
      { wildcards: ["*.shop.com"], challenge: dns },
      'wildcard "*.shop.com" must be a domain without the star, like "example.com"',
    ],
    [
      { server: "https://acme.example", serverCa: "/nowhere/ca.pem" },
      "cannot read serverCa: ENOENT: no such file or directory, open '/nowhere/ca.pem'",
    ],
  ])("%p", (options, mistake) => {
    expect(() => proxied(options)).toThrow(new Error(`test/proxy/acme: ${mistake}`));
  });

  test.each(["shop.localhost", "shop", "shop.internal"])(
    "%p, which Let's Encrypt can't sign, but a private server can",
    (host) => {
      expect(() => proxied({}, [host])).toThrow(
        `test/proxy/acme: "${host}" is no public name, and Let's Encrypt signs no other; use Tls.selfSigned() there, or name a server`,
      );
      expect(() => proxied({ server: "https://acme.internal/dir" }, [host])).not.toThrow();
    },
  );

  test("what can't be a DNS provider, its variable or a wait", () => {
    expect(() => AcmeChallenge.dns("OVH Cloud")).toThrow(
      'DNS provider "OVH Cloud" must be a code of https://go-acme.github.io/lego/dns/, like "ovh"',
    );
    expect(() => AcmeChallenge.dns("ovh", { settings: { endpoint: "ovh-eu" } })).toThrow(
      'variable "endpoint" of DNS provider ovh must read like "OVH_APPLICATION_KEY", without "_FILE"',
    );
    expect(() => AcmeChallenge.dns("ovh", { waitSeconds: 0 })).toThrow(
      "waitSeconds of DNS provider ovh must be a whole number of at least 1, got 0",
    );
  });
});
