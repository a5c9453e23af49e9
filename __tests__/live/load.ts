import { setTimeout as wait } from "node:timers/promises";
import autocannon, { type Options } from "autocannon";
import { Client } from "./edge/client";

/** An environment of CHE·NU. */
export interface Target {
  /** At which its ports answer. */
  readonly address: string;
  readonly domain: string;
  readonly ports: { readonly https: number };
}

export interface LoadResult {
  readonly requests: number;
  /** Requests with no answer, or with one that is not 2xx. */
  readonly failed: number;
  /** Each kind of failure once. */
  readonly failures: readonly string[];
  /** Rows that the application said it has written, but for the one that is read. */
  readonly inserted: number;
}

const THREADS = "/api/v1/threads";
const READ: Options = { url: "", method: "GET" };
const WRITE = {
  url: "",
  method: "POST",
  body: JSON.stringify({ title: "Under load", founding_intent: "Not to be lost", sphere_id: "personal" }),
} as const satisfies Options;

/** Steady traffic against an environment of CHE·NU: half of it reads one row, half writes another. */
export class Load {
  static async start(target: Target, requestsPerSecond: number): Promise<Load> {
    const headers = { "content-type": "application/json" };
    const { body } = await new Client(target).ask(THREADS, { method: "POST", headers, body: WRITE.body });
    // Not the health check, which calls a database ill that is only slow for a moment.
    const thread = `${THREADS}/${JSON.parse(body).id}`;
    return new Load([
      new Shooter(target, { ...READ, overallRate: requestsPerSecond / 2 }, thread),
      new Shooter(target, { ...WRITE, overallRate: requestsPerSecond / 2 }, THREADS),
      // Kept connections stay with a worker for a while; new ones meet whatever is there first.
      new Shooter(target, { ...READ, overallRate: requestsPerSecond / 10, connection: "close" }, thread),
    ]);
  }

  private constructor(private readonly shooters: readonly [Shooter, Shooter, Shooter]) {}

  /** Until so many more requests were answered. */
  async more(requests: number): Promise<void> {
    const goal = this.requests + requests;
    const deadline = Date.now() + 60_000;
    while (this.requests < goal) {
      if (Date.now() > deadline) throw new Error(`no ${requests} requests within a minute`);
      await wait(20);
    }
  }

  async stop(): Promise<LoadResult> {
    await Promise.all(this.shooters.map((shooter) => shooter.stop()));
    const failures = this.shooters.flatMap((shooter) => [...shooter.failures]);
    const failed = this.shooters.reduce((sum, shooter) => sum + shooter.failed, 0);
    return { requests: this.requests, failed, failures, inserted: this.shooters[1].answered };
  }

  private get requests(): number {
    return this.shooters.reduce((sum, shooter) => sum + shooter.answered + shooter.failed, 0);
  }
}

/** One kind of request. */
class Shooter {
  answered = 0;
  failed = 0;
  readonly failures = new Set<string>();

  private readonly instance: autocannon.Instance;
  private readonly finished: Promise<unknown>;

  constructor(
    { address, domain, ports }: Target,
    { connection, ...options }: Options & { connection?: "close" },
    path: string,
  ) {
    this.instance = autocannon(
      {
        ...options,
        url: `https://${address}:${ports.https}${path}`,
        servername: domain,
        headers: {
          host: `${domain}:${ports.https}`,
          "content-type": "application/json",
          ...(connection && { connection }),
        },
        connections: 10,
        duration: 3600,
        timeout: 20,
      },
      () => undefined,
    );
    this.instance.on("response", (_client: unknown, status: number) => {
      if (status >= 200 && status < 300) this.answered += 1;
      else this.fail(`${options.method} ${path}: status ${status}`);
    });
    // Connections that were refused, cut or timed out; autocannon opens new ones by itself.
    this.instance.on("reqError", (error: Error) => this.fail(`${options.method} ${path}: ${error.message}`));
    this.finished = new Promise((resolve) => this.instance.on("done", resolve));
  }

  async stop(): Promise<void> {
    this.instance.stop();
    await this.finished;
  }

  private fail(what: string): void {
    this.failed += 1;
    this.failures.add(what);
  }
}
