import { setTimeout as wait } from "node:timers/promises";
import { type Answer, Client } from "./client";

/** What became of one request. */
export interface Outcome {
  readonly method: "GET" | "POST";
  /** Milliseconds, as performance.now() counts. */
  readonly start: number;
  readonly seconds: number;
  /** Status, or why there is none. */
  readonly result: number | string;
  /** Replica that answered a GET. */
  readonly by?: string;
}

export interface TrafficOptions {
  readonly perSecond: number;
  readonly connections: number;
  /** Prefix of the paths. @default "/" */
  readonly prefix?: string;
  /** Another host name than the environment's. */
  readonly host?: string;
}

/**
 * Steady requests that come whether or not those before are answered, as from many people: half of them reads, half of them
 * writes a row of its own.
 */
export class Traffic {
  readonly outcomes: Outcome[] = [];
  /** Rows that were written, as far as a client knows. */
  readonly written: string[] = [];

  private readonly open = new Set<Promise<void>>();
  private readonly agent;
  private readonly started = performance.now();
  private sent = 0;
  private readonly timer;

  constructor(
    private readonly client: Client,
    private readonly options: TrafficOptions,
  ) {
    this.agent = Client.agent(options.connections);
    this.timer = setInterval(() => this.sendWhatIsDue(), 10).unref();
  }

  /** Until so many more requests have an answer. */
  async more(requests: number): Promise<void> {
    const goal = this.outcomes.length + requests;
    while (this.outcomes.length < goal) await wait(20);
  }

  /** Sends no more, and waits for every answer. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await Promise.all(this.open);
    this.agent.destroy();
  }

  get failures(): Outcome[] {
    return this.outcomes.filter(({ result }) => typeof result === "string" || result >= 300);
  }

  private sendWhatIsDue(): void {
    const due = ((performance.now() - this.started) / 1000) * this.options.perSecond;
    while (this.sent < due) {
      const row = `${this.started}-${this.sent++}`;
      const request = this.send(this.sent % 2 ? "GET" : "POST", row).finally(() => this.open.delete(request));
      this.open.add(request);
    }
  }

  private async send(method: "GET" | "POST", row: string): Promise<void> {
    const { host, prefix = "/" } = this.options;
    const start = performance.now();
    const note = (result: number | string, by?: string) =>
      this.outcomes.push({ method, start, seconds: (performance.now() - start) / 1000, result, by });
    const question = method === "GET" ? {} : { method, body: row };
    let answer: Answer;
    try {
      answer = await this.client.ask(`${prefix}${method === "GET" ? "" : "rows"}`, {
        ...question,
        host,
        agent: this.agent,
      });
    } catch (error) {
      note((error as Error).message);
      return;
    }
    if (method === "POST" && answer.status === 201) this.written.push(row);
    note(answer.status, method === "GET" ? answer.body : undefined);
  }
}
