import { WebSocketServer } from "ws";

const sockets = new WebSocketServer({ noServer: true });

/** Lets clients of a server listen for new orders at /notifications. */
export function notifyClientsOf(server) {
  server.on("upgrade", (request, socket, head) => {
    if (request.url !== "/notifications") {
      socket.end("HTTP/1.1 404 Not Found\r\n\r\n");
      return;
    }
    sockets.handleUpgrade(request, socket, head, (client) => client.on("error", console.error));
  });
}

export function notify(event) {
  for (const client of sockets.clients) client.send(JSON.stringify(event));
}

/** Says goodbye, so that clients come back to the release that takes over. */
export function closeSockets() {
  for (const client of sockets.clients) client.close(1001);
}
