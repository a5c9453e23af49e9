import { randomBytes } from "node:crypto";
import type { Agent, ClientRequest, IncomingMessage } from "node:http";
import { request, Agent as TlsAgent } from "node:https";
import type { Duplex } from "node:stream";
import type { Target } from "../load";

export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

export interface Question {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
  /** Another host name than the environment's. */
  readonly host?: string;
  readonly agent?: Agent;
}

/** Who asks the proxy of an environment over HTTPS; its self-signed certificate is accepted. */
export class Client {
  constructor(private readonly target: Target) {}

  ask(path: string, { body, ...question }: Question = {}): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const call = this.call(path, question);
      call.on("response", (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
        response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }));
        response.on("error", reject);
      });
      call.on("error", reject).end(body);
    });
  }

  /** Chunks of an answer with the milliseconds at which they came. */
  chunks(path: string): Promise<{ text: string; at: number }[]> {
    return new Promise((resolve, reject) => {
      const call = this.call(path, {});
      call.on("response", (response) => {
        const chunks: { text: string; at: number }[] = [];
        response.setEncoding("utf8").on("data", (text: string) => chunks.push({ text, at: performance.now() }));
        response.on("end", () => resolve(chunks)).on("error", reject);
      });
      call.on("error", reject).end();
    });
  }

  webSocket(path: string): Promise<WebSocketClient> {
    return new Promise((resolve, reject) => {
      const key = randomBytes(16).toString("base64");
      const headers = {
        connection: "Upgrade",
        upgrade: "websocket",
        "sec-websocket-version": "13",
        "sec-websocket-key": key,
      };
      const call = this.call(path, { headers });
      call.on("upgrade", (_response, socket) => resolve(new WebSocketClient(socket)));
      call.on("response", ({ statusCode }) => reject(new Error(`no WebSocket, but status ${statusCode}`)));
      call.on("error", reject).end();
    });
  }

  /** An agent that keeps so many connections and uses them in turns. */
  static agent(connections: number): Agent {
    return new TlsAgent({ keepAlive: true, maxSockets: connections, scheduling: "fifo" }) as unknown as Agent;
  }

  private call(path: string, { method = "GET", headers, host, agent }: Question): ClientRequest {
    const { address, domain, ports } = this.target;
    return request({
      host: address,
      port: ports.https,
      servername: host ?? domain,
      headers: { host: `${host ?? domain}:${ports.https}`, ...headers },
      path,
      method,
      agent: (agent as unknown as TlsAgent) ?? false,
      rejectUnauthorized: false,
    });
  }
}

/** Enough of a WebSocket for short texts. */
export class WebSocketClient {
  /** When it was closed, as performance.now() counts. */
  closedAt = Number.POSITIVE_INFINITY;

  constructor(private readonly socket: Duplex) {
    socket.on("error", () => undefined).on("close", () => (this.closedAt = performance.now()));
  }

  /** Sends a text and returns what comes back. */
  echo(text: string): Promise<string> {
    const answer = this.next();
    // A final text frame, masked with zeros.
    this.socket.write(Buffer.concat([Buffer.from([0x81, 0x80 | text.length, 0, 0, 0, 0]), Buffer.from(text)]));
    return answer;
  }

  /** The next text that comes. */
  next(): Promise<string> {
    return new Promise((resolve, reject) => {
      const closed = () => reject(new Error("the WebSocket was closed"));
      this.socket.once("close", closed).once("data", (frame: Buffer) => {
        this.socket.off("close", closed);
        resolve(frame.subarray(2).toString());
      });
    });
  }

  close(): void {
    this.socket.destroy();
  }
}
