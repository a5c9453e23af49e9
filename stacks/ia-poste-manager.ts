import type { Construct } from "constructs";
import { AppService } from "../constructs/app/app-service";
import { Backup } from "../constructs/backup/backup";
import { Retention } from "../constructs/backup/retention";
import { Files } from "../constructs/data/files";
import { SqliteDatabase } from "../constructs/data/sqlite-database";
import { NginxProxy } from "../constructs/proxy/nginx-proxy";
import { Health } from "../constructs/runtime/health";
import { Secret } from "../constructs/secret";
import type { Environment } from "./environment";
import { EnvironmentStack } from "./environment-stack";

/** IAPosteManager: a Flask application with SQLite and settings in files, behind a TLS proxy. */
export class IaPosteManager extends EnvironmentStack {
  constructor(scope: Construct, environment: Environment) {
    super(scope, "ia-poste-manager", environment);

    const backup = Backup.nightly({
      timeZone: "Europe/Paris",
      keep: Retention.gfs({ daily: 7, weekly: 4, monthly: 12 }),
      offsite: environment.offsite,
      beforeRelease: true,
    });
    const db = new SqliteDatabase(this, "db", { file: "iaposte.db", backup });
    const config = new Files(this, "config", { backup });

    const app = new AppService(this, "app", {
      image: environment.image("ia-poste-manager/app", "examples/ia-poste-manager/app"),
      port: 5000,
      health: Health.http("/health"),
      secrets: {
        SECRET_KEY: Secret.named("SECRET_KEY", { minLength: 32 }),
        OPENAI_API_KEY: Secret.named("OPENAI_API_KEY", { from: "OpenAI" }),
        SMTP_PASSWORD: Secret.named("SMTP_PASSWORD", { minLength: 8, from: "the mail provider" }),
      },
      volumes: { "/app/data": db, "/app/config": config },
      release: { command: ["python", "-m", "app.migrate"] },
      resources: environment.resources("app", { memory: 256 }),
    });

    const proxy = new NginxProxy(this, "proxy", {
      domain: environment.domain,
      tls: environment.tls,
      ports: environment.ports,
      maintenance: environment.maintenance,
    });
    // Eight threads, which slow clients would soon keep busy; it gets nothing larger than a letter.
    proxy.route("/", app, { buffering: true, maxBody: "1m" });
  }
}
