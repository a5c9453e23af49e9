import { join } from "node:path";
import type { Construct } from "constructs";
import { AppService } from "../../../constructs/app/app-service";
import { AcmeChallenge } from "../../../constructs/proxy/acme-challenge";
import { NginxProxy } from "../../../constructs/proxy/nginx-proxy";
import { Tls } from "../../../constructs/proxy/tls";
import { Health } from "../../../constructs/runtime/health";
import { ImageSource } from "../../../constructs/runtime/image";
import { script } from "../../../constructs/runtime/script";
import { Secret } from "../../../constructs/secret";
import type { Environment } from "../../../stacks/environment";
import { EnvironmentStack } from "../../../stacks/environment-stack";
import { synthesise } from "../../../stacks/synthesise";

const {
  TEST_TLS,
  TEST_HOSTS = "",
  TEST_ACME_SERVER: server = "",
  TEST_ACME_CA: serverCa = "",
  TEST_DNS_PROVIDER = "",
  TEST_CERTIFICATE = "",
} = process.env;

const email = "ops@chenu.localhost";

/** Each a way to say where certificates come from, as a user would. */
const MODES: Readonly<Record<string, () => Tls>> = {
  acme: () => Tls.acme({ email, server, serverCa }),
  wildcard: () =>
    Tls.acme({
      email,
      server,
      serverCa,
      externalAccount: {
        keyId: Secret.named("ACME_KEY_ID", { minLength: 10 }),
        hmacKey: Secret.named("ACME_HMAC_KEY"),
      },
      wildcards: ["chenu.localhost"],
      challenge: AcmeChallenge.dns("httpreq", {
        settings: { HTTPREQ_ENDPOINT: TEST_DNS_PROVIDER, HTTPREQ_USERNAME: "shop" },
        credentials: { HTTPREQ_PASSWORD: Secret.named("DNS_PASSWORD") },
        waitSeconds: 1,
      }),
    }),
  files: () => Tls.files(TEST_CERTIFICATE, Secret.named("TLS_KEY", { minLength: 100 })),
  off: () => Tls.off(),
};

/** One service that answers under several host names, behind a proxy whose certificates are a test's choice. */
class SecureSite extends EnvironmentStack {
  constructor(scope: Construct, environment: Environment) {
    super(scope, "chenu", environment);
    const app = new AppService(this, "app", {
      image: ImageSource.official("python:3.14-slim"),
      command: ["python3", "-u", "-c", script(join(__dirname, "..", "edge", "upstream.py"))],
      port: 3000,
      health: Health.http("/health"),
      stopSeconds: 1,
      resources: { memory: 64 },
    });
    const tls = MODES[TEST_TLS ?? ""]?.() ?? Tls.selfSigned();
    const proxy = new NginxProxy(this, "proxy", { domain: environment.domain, tls, ports: environment.ports });
    proxy.route("/", app);
    for (const host of TEST_HOSTS.split(" ").filter(Boolean)) proxy.route("/", app, { host });
  }
}

synthesise({ chenu: SecureSite });
