// Express: what it shows under a path that a guard is for.
import express from "express";

const app = express();
app.get("/health", (_request, response) => response.send("well"));
app.get("/", (_request, response) => response.send("open"));
app.post("/rows", (_request, response) => response.status(201).end());
app.get(["/admin/users", "/closed/users", "/api/metrics/all"], (request, response) =>
  response.send(`secret ${request.headers.authorization ?? "without a password"}`),
);
app.listen(3000);
