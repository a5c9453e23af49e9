import { join } from "node:path";
import type { Construct } from "constructs";
import { AppService } from "../../../constructs/app/app-service";
import { Access } from "../../../constructs/proxy/access";
import { Csp } from "../../../constructs/proxy/csp";
import { NginxProxy } from "../../../constructs/proxy/nginx-proxy";
import { RateLimit } from "../../../constructs/proxy/rate-limit";
import { SecurityHeaders } from "../../../constructs/proxy/security-headers";
import { Tls } from "../../../constructs/proxy/tls";
import { Health, ImageSource } from "../../../constructs/runtime";
import { script } from "../../../constructs/runtime/script";
import { Secret } from "../../../constructs/secret";
import type { Environment } from "../../../stacks/environment";
import { EnvironmentStack } from "../../../stacks/environment-stack";
import { synthesise } from "../../../stacks/synthesise";

/** A proxy with a route of every kind, before an application that does as it is told. */
class Edge extends EnvironmentStack {
  constructor(scope: Construct, environment: Environment) {
    super(scope, "chenu", environment);
    const app = (id: string) =>
      new AppService(this, id, {
        image: ImageSource.official("python:3.14-slim"),
        command: ["python3", "-u", "-c", script(join(__dirname, "..", "edge", "upstream.py"))],
        port: 3000,
        health: Health.http("/health"),
        replicas: environment.replicas(id),
        stopSeconds: 1,
        resources: { memory: 64 },
      });
    const api = app("api");

    const proxy = new NginxProxy(this, "proxy", {
      domain: environment.domain,
      tls: Tls.selfSigned(),
      ports: environment.ports,
      redirectWww: true,
      addresses: ["127.0.0.1"],
      // Whatever Docker lets the host's own requests come from.
      trustedProxies: ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"],
      headers: SecurityHeaders.of({ csp: Csp.of({ imgSrc: ["'self'", "data:"] }) }),
      maintenance: process.env.EDGE_MAINTENANCE === "on",
    });
    proxy.route("/", api);
    proxy.route("/api/", api, { to: "/", maxBody: "2k", timeout: "3s" });
    proxy.route("/admin/", api, { access: Access.basicAuth("ops", Secret.named("ADMIN_PASSWORD")) });
    proxy.route("/inner/", api, { access: Access.allow(["192.0.2.7"]) });
    proxy.route("/login", api, { rateLimit: RateLimit.perClient({ rate: "1/s", burst: 3 }) });
    proxy.route("/assets/", api, { cache: "365d" });
    proxy.route("/plain/", api, { compression: false, buffering: true });
    proxy.route("/stay/", api, { sticky: true });
    proxy.route("/alone/", app("alone"), { to: "/" });
    proxy.route("/", api, { host: `other.${environment.domain}` });
    proxy.redirect("/old/", "/new/");
    proxy.redirect("/gone", "https://elsewhere.example/there", { temporary: true });
    proxy.respond("/robots.txt", { body: 'User-agent: *\nDisallow: "/%{a}\\"\n' });
  }
}

synthesise({ chenu: Edge });
