import { randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { Router } from "express";
import { pool } from "./database.js";

/** The volume of uploads. */
const UPLOADS = "/app/uploads";

/** Manuscripts of an order: what they are called is in the database, what is in them on the disk. */
export const fichiers = Router({ mergeParams: true });

fichiers.put("/:nom", async (request, response) => {
  const chemin = randomUUID();
  const { id, nom } = request.params;
  // Under its name only when it is whole.
  const partial = join(UPLOADS, `${chemin}.partial`);
  try {
    await pipeline(request, createWriteStream(partial));
    const { size } = await stat(partial);
    await rename(partial, join(UPLOADS, chemin));
    await pool.execute("INSERT INTO fichiers (commande_id, nom, chemin, octets) VALUES (?, ?, ?, ?)", [
      id,
      nom,
      chemin,
      size,
    ]);
    response.status(201).json({ nom, octets: size });
  } catch (error) {
    await Promise.all([partial, join(UPLOADS, chemin)].map((path) => rm(path, { force: true })));
    if (error.code !== "ER_NO_REFERENCED_ROW_2") throw error;
    response.status(404).json({ error: "no such commande" });
  }
});

fichiers.get("/:nom", async (request, response) => {
  const [[fichier]] = await pool.execute(
    "SELECT chemin FROM fichiers WHERE commande_id = ? AND nom = ? ORDER BY id DESC LIMIT 1",
    [request.params.id, request.params.nom],
  );
  if (!fichier) {
    response.status(404).json({ error: "no such fichier" });
    return;
  }
  response.type("application/octet-stream").attachment(request.params.nom).sendFile(fichier.chemin, { root: UPLOADS });
});
