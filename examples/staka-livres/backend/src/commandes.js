import { Router } from "express";
import { pool } from "./database.js";
import { notify } from "./socket.js";

const COLUMNS = "id, titre, email, pages, statut, cree_le";

/** Orders: manuscripts that somebody wants corrected. */
export const commandes = Router();

commandes.get("/", async (_request, response) => {
  const [rows] = await pool.query(`SELECT ${COLUMNS} FROM commandes ORDER BY id DESC LIMIT 100`);
  response.json(rows);
});

commandes.post("/", async (request, response) => {
  const { titre, email, pages } = request.body ?? {};
  if (!isText(titre) || !isText(email) || !Number.isInteger(pages) || pages < 1) {
    response.status(400).json({ error: "titre, email and a number of pages are required" });
    return;
  }
  const [{ insertId }] = await pool.execute("INSERT INTO commandes (titre, email, pages) VALUES (?, ?, ?)", [
    titre,
    email,
    pages,
  ]);
  const commande = await find(insertId);
  notify({ event: "commande", id: commande.id });
  response.status(201).json(commande);
});

commandes.get("/:id", async (request, response) => {
  const commande = await find(request.params.id);
  if (commande) response.json(commande);
  else response.status(404).json({ error: "no such commande" });
});

async function find(id) {
  const [[commande]] = await pool.execute(`SELECT ${COLUMNS} FROM commandes WHERE id = ?`, [id]);
  return commande;
}

function isText(value) {
  return typeof value === "string" && value.trim() !== "" && value.length <= 500;
}
