import { createPool } from "mysql2/promise";
import { DATABASE_URL } from "./settings.js";

export const pool = createPool({ uri: DATABASE_URL, connectionLimit: 10, connectTimeout: 3000, timezone: "Z" });

export async function ping() {
  await pool.query({ sql: "SELECT 1", timeout: 1000 });
}
