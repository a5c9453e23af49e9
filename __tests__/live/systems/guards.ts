import { join } from "node:path";
import type { Construct } from "constructs";
import { AppService } from "../../../constructs/app/app-service";
import { Access } from "../../../constructs/proxy/access";
import { NginxProxy } from "../../../constructs/proxy/nginx-proxy";
import { RateLimit } from "../../../constructs/proxy/rate-limit";
import { Tls } from "../../../constructs/proxy/tls";
import { Health, ImageSource } from "../../../constructs/runtime";
import { script } from "../../../constructs/runtime/script";
import { Secret } from "../../../constructs/secret";
import type { Environment } from "../../../stacks/environment";
import { EnvironmentStack } from "../../../stacks/environment-stack";
import { synthesise } from "../../../stacks/synthesise";

const PYTHON = ImageSource.official("python:3.14-slim");
const NODE = ImageSource.build("examples/staka-livres/backend");
const UPSTREAMS = join(__dirname, "..", "edge", "upstreams");

const COMMANDS = {
  flask: { image: PYTHON, command: ["python3", "-u", "-c", script(join(UPSTREAMS, "flask_app.py"))] },
  fastapi: { image: PYTHON, command: ["python3", "-u", "-c", script(join(UPSTREAMS, "fastapi_app.py"))] },
  express: { image: NODE, command: ["node", "--input-type=module", "-e", script(join(UPSTREAMS, "express.mjs"))] },
  url: { image: NODE, command: ["node", "--input-type=module", "-e", script(join(UPSTREAMS, "url.mjs"))] },
  php: {
    image: ImageSource.build("__tests__/live/edge/upstreams/php"),
    health: Health.command([
      "php",
      "-r",
      "exit(file_get_contents('http://127.0.0.1:3000/health') === 'well' ? 0 : 1);",
    ]),
  },
};

/** The same guards before the same paths of applications made with everything at hand, each under a host name of its own. */
class Guards extends EnvironmentStack {
  constructor(scope: Construct, environment: Environment) {
    super(scope, "chenu", environment);
    const proxy = new NginxProxy(this, "proxy", {
      domain: environment.domain,
      tls: Tls.selfSigned(),
      ports: environment.ports,
      addresses: ["127.0.0.1"],
    });
    const password = Secret.named("ADMIN_PASSWORD");
    for (const [id, props] of Object.entries(process.env.GUARDS_WITHOUT === "all" ? {} : COMMANDS)) {
      const app = new AppService(this, id, {
        port: 3000,
        health: Health.http("/health"),
        ...props,
        stopSeconds: 1,
        resources: { memory: 128 },
      });
      // For the tests of deploys that add a route, and remove all.
      if (id === process.env.GUARDS_WITHOUT) continue;
      const host = `${id}.${environment.domain}`;
      proxy.route("/", app, { host });
      proxy.route("/admin/", app, { host, access: Access.basicAuth("ops", password) });
      proxy.route("/closed/", app, { host, access: Access.nobody() });
      proxy.route("/api/", app, { host, rateLimit: RateLimit.perClient({ rate: "1000/s", burst: 1000 }) });
      proxy.respond("/api/metrics/", { status: 404, body: "none" }, { host });
    }
  }
}

synthesise({ chenu: Guards });
