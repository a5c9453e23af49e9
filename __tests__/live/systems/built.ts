import { join } from "node:path";
import type { Construct } from "constructs";
import { AppService } from "../../../constructs/app/app-service";
import { NginxProxy } from "../../../constructs/proxy/nginx-proxy";
import { Tls } from "../../../constructs/proxy/tls";
import { Health, ImageSource } from "../../../constructs/runtime";
import { script } from "../../../constructs/runtime/script";
import type { Environment } from "../../../stacks/environment";
import { EnvironmentStack } from "../../../stacks/environment-stack";
import { synthesise } from "../../../stacks/synthesise";

/** An official image, the proxy's, and one that the host builds on another. */
class Built extends EnvironmentStack {
  constructor(scope: Construct, environment: Environment) {
    super(scope, "chenu", environment);
    const app = new AppService(this, "app", {
      image: ImageSource.build(join(__dirname, "built")),
      command: ["python3", "-u", "-c", script(join(__dirname, "..", "edge", "upstream.py"))],
      port: 3000,
      health: Health.http("/health"),
      stopSeconds: 1,
      resources: { memory: 64 },
    });
    const proxy = new NginxProxy(this, "proxy", {
      domain: environment.domain,
      tls: Tls.selfSigned(),
      ports: environment.ports,
    });
    proxy.route("/", app);
  }
}

synthesise({ chenu: Built });
