import type { Construct } from "constructs";
import { AppService } from "../constructs/app/app-service";
import { StaticSite } from "../constructs/app/static-site";
import { Backup } from "../constructs/backup/backup";
import { Retention } from "../constructs/backup/retention";
import { Files } from "../constructs/data/files";
import { MysqlDatabase } from "../constructs/data/mysql-database";
import { NginxProxy } from "../constructs/proxy/nginx-proxy";
import { RateLimit } from "../constructs/proxy/rate-limit";
import { SecurityHeaders } from "../constructs/proxy/security-headers";
import { Health } from "../constructs/runtime/health";
import { Secret } from "../constructs/secret";
import type { Environment } from "./environment";
import { EnvironmentStack } from "./environment-stack";

/** Staka Livres: built pages and an Express backend with MySQL and uploads, behind one TLS proxy. */
export class StakaLivres extends EnvironmentStack {
  constructor(scope: Construct, environment: Environment) {
    super(scope, "staka-livres", environment);
    // The machine is small, and so are the rows.
    const backup = { timeZone: "Europe/Paris", keep: Retention.days(30), offsite: environment.offsite, memory: 256 };

    const db = new MysqlDatabase(this, "db", {
      version: "8.4",
      database: "stakalivres",
      rowsOnly: true,
      backup: Backup.nightly({ at: "03:00", ...backup }),
      resources: environment.resources("db", { memory: 768 }),
    });

    // After the database: each manuscript that a dump knows of is then in the files' backup too.
    const uploads = new Files(this, "uploads", { backup: Backup.nightly({ at: "03:30", ...backup }) });

    const backend = new AppService(this, "backend", {
      image: environment.image("staka-livres/backend", "examples/staka-livres/backend"),
      port: 3000,
      health: Health.http("/health"),
      secrets: {
        JWT_SECRET: Secret.named("JWT_SECRET", { minLength: 32 }),
        STRIPE_SECRET_KEY: Secret.named("STRIPE_SECRET_KEY", { from: "Stripe" }),
        STRIPE_WEBHOOK_SECRET: Secret.named("STRIPE_WEBHOOK_SECRET", { from: "Stripe" }),
        SENDGRID_API_KEY: Secret.named("SENDGRID_API_KEY", { from: "SendGrid" }),
      },
      volumes: { "/app/uploads": uploads },
      release: { command: ["node", "migrate.js"] },
      replicas: environment.replicas("backend"),
      resources: environment.resources("backend", { memory: 256 }),
    });
    backend.connectTo(db);

    const frontend = new StaticSite(this, "frontend", {
      image: environment.image("staka-livres/frontend", "examples/staka-livres/frontend"),
      singlePage: true,
    });

    const proxy = new NginxProxy(this, "proxy", {
      domain: environment.domain,
      redirectWww: true,
      headers: SecurityHeaders.of({ hstsSubdomains: true }),
      tls: environment.tls,
      ports: environment.ports,
      maintenance: environment.maintenance,
    });
    proxy.route("/", frontend);
    // Manuscripts are large; a socket for notifications that is silent for a minute is gone.
    proxy.route("/api/", backend, { to: "/", maxBody: "50m", timeout: "60s" });
    // Somebody who forgot a password, not somebody who guesses one.
    proxy.route("/api/auth/login", backend, {
      to: "/auth/login",
      rateLimit: RateLimit.perClient({ rate: "5/m", burst: 5 }),
    });
  }
}
