import type { Construct } from "constructs";
import { PostgresDatabase } from "../../../constructs/data/postgres-database";
import { Persistence, RedisCache } from "../../../constructs/data/redis-cache";
import { Removal } from "../../../constructs/runtime/data-volume";
import type { Environment } from "../../../stacks/environment";
import { EnvironmentStack } from "../../../stacks/environment-stack";
import { synthesise } from "../../../stacks/synthesise";

/** CHE·NU's data with the explicit word that lets it be destroyed. */
class Disposable extends EnvironmentStack {
  constructor(scope: Construct, environment: Environment) {
    super(scope, "chenu", environment);
    const removal = Removal.DESTROY_DATA;
    new PostgresDatabase(this, "db", { version: "18", database: "chenu", removal });
    new RedisCache(this, "cache", { version: "8", persistence: Persistence.SNAPSHOTS, removal });
  }
}

synthesise({ chenu: Disposable });
