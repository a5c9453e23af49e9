import express from "express";
import { commandes } from "./commandes.js";
import { fichiers } from "./fichiers.js";
import { health } from "./health.js";

export const app = express();
app.disable("x-powered-by");
app.get("/health", health);
app.use("/commandes/:id/fichiers", fichiers);
app.use("/commandes", express.json(), commandes);
app.use((_request, response) => response.status(404).json({ error: "no such path" }));
app.use((error, _request, response, _next) => {
  const status = error.status ?? 500;
  if (status >= 500) console.error(error);
  response.status(status).json({ error: status >= 500 ? "internal error" : error.message });
});
