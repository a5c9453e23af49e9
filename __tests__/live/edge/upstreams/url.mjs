// Node's own server and URL, and the habits of others: parameters of a part are cut off, as by Java's servers, a path is
// decoded twice, and some headers name a path. It shows what is under a path that a guard is for.
import { createServer } from "node:http";

const SECRETS = ["/admin/users", "/closed/users", "/api/metrics/all"];

function paths({ url, headers }) {
  const path = new URL(url, "http://localhost").pathname;
  const written = [
    path,
    headers["x-original-url"],
    headers["x-rewrite-url"],
    decodeURIComponent(decodeURIComponent(path)),
  ];
  return written.filter(Boolean).map((it) =>
    it
      .replace(/;[^/]*/g, "")
      .replace(/\/+/g, "/")
      .toLowerCase(),
  );
}

createServer((request, response) => {
  const secret = paths(request).some((path) => SECRETS.includes(path));
  const { authorization = "without a password" } = request.headers;
  response.statusCode = secret || request.url === "/health" ? 200 : 404;
  response.end(secret ? `secret ${authorization}` : "nothing");
}).listen(3000);
