// The stand-in for Staka Livres's backend: orders in MySQL, manuscripts in a volume.
import { app } from "./app.js";
import { pool } from "./database.js";
import { RELEASE, required } from "./settings.js";
import { closeSockets, notifyClientsOf } from "./socket.js";

// The real application signs, charges and mails with these, and does not start without them.
for (const name of ["JWT_SECRET", "STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET", "SENDGRID_API_KEY"]) required(name);

const server = app.listen(3000, () => console.log(`release ${RELEASE} listens on port 3000`));
// Longer than a proxy in front keeps an idle connection, so that a request never meets a closing one.
server.keepAliveTimeout = 75_000;

notifyClientsOf(server);

process.once("SIGTERM", () => {
  server.close(() => pool.end());
  closeSockets();
});
