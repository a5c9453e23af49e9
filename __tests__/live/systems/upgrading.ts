import type { Construct } from "constructs";
import { AppService } from "../../../constructs/app/app-service";
import { MariadbDatabase } from "../../../constructs/data/mariadb-database";
import { PostgresDatabase } from "../../../constructs/data/postgres-database";
import { Health, ImageSource } from "../../../constructs/runtime";
import type { Environment } from "../../../stacks/environment";
import { EnvironmentStack } from "../../../stacks/environment-stack";
import { synthesise } from "../../../stacks/synthesise";

/** Two servers of the versions that somebody has written into main.ts, and an application that would write to both. */
export function upgrading(versions: { readonly db: string; readonly maria: string }): void {
  class Upgrading extends EnvironmentStack {
    constructor(scope: Construct, environment: Environment) {
      super(scope, "shop", environment);
      const resources = { memory: 256 };
      const db = new PostgresDatabase(this, "db", { version: versions.db, resources });
      const maria = new MariadbDatabase(this, "maria", { version: versions.maria, resources });
      const api = new AppService(this, "api", {
        image: ImageSource.official("python:3.14-slim"),
        command: ["python3", "-m", "http.server", "3000", "--directory", "/tmp"],
        port: 3000,
        health: Health.http("/"),
        stopSeconds: 1,
        resources: { memory: 64 },
      });
      api.connectTo(db);
      api.connectTo(maria, { as: "MARIA_URL" });
    }
  }
  synthesise({ shop: Upgrading });
}
