import type { Construct } from "constructs";
import { AppService } from "../constructs/app/app-service";
import { StaticSite } from "../constructs/app/static-site";
import { Backup } from "../constructs/backup/backup";
import { Retention } from "../constructs/backup/retention";
import { PostgresDatabase } from "../constructs/data/postgres-database";
import { Persistence, RedisCache } from "../constructs/data/redis-cache";
import { NginxProxy } from "../constructs/proxy/nginx-proxy";
import { Health } from "../constructs/runtime/health";
import { Secret } from "../constructs/secret";
import type { Environment } from "./environment";
import { EnvironmentStack } from "./environment-stack";

/** CHE·NU: built pages, a FastAPI backend, PostgreSQL and Redis behind one TLS proxy. */
export class Chenu extends EnvironmentStack {
  constructor(scope: Construct, environment: Environment) {
    super(scope, "chenu", environment);

    const db = new PostgresDatabase(this, "db", {
      version: "18",
      database: "chenu",
      rowsOnly: true,
      backup: Backup.nightly({ at: "03:00", keep: Retention.days(30), offsite: environment.offsite }),
      resources: environment.resources("db", { memory: 512 }),
    });

    const cache = new RedisCache(this, "cache", {
      version: "8",
      persistence: Persistence.SNAPSHOTS,
      resources: environment.resources("cache", { memory: 128 }),
    });

    const backend = new AppService(this, "backend", {
      image: environment.image("chenu/backend", "examples/chenu/backend"),
      port: 8000,
      health: Health.http("/health"),
      secrets: { JWT_SECRET_KEY: Secret.named("JWT_SECRET", { minLength: 32 }) },
      release: { command: ["python", "-m", "app.migrate"] },
      replicas: environment.replicas("backend"),
      resources: environment.resources("backend", { memory: 256 }),
    });
    backend.connectTo(db);
    backend.connectTo(cache);

    const frontend = new StaticSite(this, "frontend", {
      image: environment.image("chenu/frontend", "examples/chenu/frontend"),
      singlePage: true,
    });

    const proxy = new NginxProxy(this, "proxy", {
      domain: environment.domain,
      tls: environment.tls,
      ports: environment.ports,
      maintenance: environment.maintenance,
    });
    proxy.route("/", frontend);
    proxy.route("/api/", backend);
    proxy.route("/api/health", backend, { to: "/health" });
  }
}
