import type { Construct } from "constructs";
import { StaticSite } from "../../constructs/app/static-site";
import { NginxProxy } from "../../constructs/proxy/nginx-proxy";
import { Tls } from "../../constructs/proxy/tls";
import { ImageSource } from "../../constructs/runtime";
import type { Environment } from "../../stacks/environment";
import { EnvironmentStack } from "../../stacks/environment-stack";
import { synthesise } from "../../stacks/synthesise";

/** A proxy before a service that is faster than any proxy: an Nginx with a small page. */
class Site extends EnvironmentStack {
  constructor(scope: Construct, environment: Environment) {
    super(scope, "chenu", environment);
    const site = new StaticSite(this, "site", { image: ImageSource.official("nginx:1.30") });
    const proxy = new NginxProxy(this, "proxy", {
      domain: environment.domain,
      tls: Tls.selfSigned(),
      ports: environment.ports,
    });
    proxy.route("/", site);
  }
}

synthesise({ chenu: Site });
