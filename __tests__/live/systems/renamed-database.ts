import type { Construct } from "constructs";
import { PostgresDatabase } from "../../../constructs/data/postgres-database";
import { Persistence, RedisCache } from "../../../constructs/data/redis-cache";
import type { Environment } from "../../../stacks/environment";
import { EnvironmentStack } from "../../../stacks/environment-stack";
import { synthesise } from "../../../stacks/synthesise";

/** CHE·NU after somebody renamed its database in the code. */
class Renamed extends EnvironmentStack {
  constructor(scope: Construct, environment: Environment) {
    super(scope, "chenu", environment);
    new PostgresDatabase(this, "database", { version: "18", database: "chenu" });
    new RedisCache(this, "cache", { version: "8", persistence: Persistence.SNAPSHOTS });
  }
}

synthesise({ chenu: Renamed });
