// The release job: runs the migrations that the database has not seen, each once, like `prisma migrate deploy`.
import { createHash, randomUUID } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { createConnection } from "mysql2/promise";
import { DATABASE_URL, RELEASE } from "./src/settings.js";

const FOLDER = new URL("prisma/migrations/", import.meta.url);

/** As Prisma makes it, so that Prisma can go on from here. */
const TABLE = `
CREATE TABLE IF NOT EXISTS _prisma_migrations (
    id VARCHAR(36) PRIMARY KEY,
    checksum VARCHAR(64) NOT NULL,
    finished_at DATETIME(3),
    migration_name VARCHAR(255) NOT NULL,
    logs TEXT,
    rolled_back_at DATETIME(3),
    started_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
    applied_steps_count INTEGER UNSIGNED NOT NULL DEFAULT 0
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci`;

async function migrate(connection) {
  // Two releases that migrate at the same time take turns.
  await connection.query("SELECT GET_LOCK('prisma_migrate', 60)");
  await connection.query(TABLE);
  const [applied] = await connection.query(
    "SELECT migration_name, checksum, finished_at FROM _prisma_migrations WHERE rolled_back_at IS NULL",
  );
  const unfinished = applied.find(({ finished_at }) => !finished_at);
  if (unfinished) throw new Error(`${unfinished.migration_name} failed before; repair the schema and its row first`);

  for (const name of migrations()) {
    const sql = readFileSync(new URL(`${name}/migration.sql`, FOLDER), "utf8");
    const checksum = createHash("sha256").update(sql).digest("hex");
    const known = applied.find(({ migration_name }) => migration_name === name);
    if (!known) await apply(connection, name, sql, checksum);
    else if (known.checksum !== checksum) throw new Error(`${name} was changed after it was applied`);
  }
}

function migrations() {
  return readdirSync(FOLDER, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}

async function apply(connection, name, sql, checksum) {
  const id = randomUUID();
  await connection.execute("INSERT INTO _prisma_migrations (id, migration_name, checksum) VALUES (?, ?, ?)", [
    id,
    name,
    checksum,
  ]);
  await connection.query(sql);
  await connection.execute(
    "UPDATE _prisma_migrations SET finished_at = CURRENT_TIMESTAMP(3), applied_steps_count = 1 WHERE id = ?",
    [id],
  );
  console.log(`applied ${name}`);
}

let connection;
try {
  connection = await createConnection({ uri: DATABASE_URL, connectTimeout: 10_000, multipleStatements: true });
  await migrate(connection);
  console.log(`schema is that of release ${RELEASE}`);
} catch (error) {
  console.error(`migration failed: ${error.message}`);
  process.exitCode = 1;
} finally {
  await connection?.end();
}
