import { setTimeout as wait } from "node:timers/promises";
import { ping } from "./database.js";
import { RELEASE } from "./settings.js";

/** Does not wait for a connection that hangs: a health check that is late says nothing. */
export async function health(_request, response) {
  const database = await Promise.race([
    ping().then(
      () => "ok",
      () => "down",
    ),
    wait(1500, "timeout"),
  ]);
  const healthy = database === "ok";
  response.status(healthy ? 200 : 503).json({ status: healthy ? "ok" : "error", database, version: RELEASE });
}
