import { setTimeout as wait } from "node:timers/promises";
import { Client, type Question } from "./client";

export interface CrowdResult {
  readonly requests: number;
  readonly failures: readonly string[];
  /** Seconds within which 95 of 100 requests were answered. */
  readonly p95: number;
}

export interface CrowdOptions {
  readonly users: number;
  readonly seconds: number;
  /** What a person asks for, time after time. */
  readonly question: (person: number, time: number) => Omit<Question, "agent"> & { readonly path: string };
}

/** People who each keep a connection, ask for something and look at it for a second. */
export async function crowd(client: Client, { users, seconds, question }: CrowdOptions): Promise<CrowdResult> {
  const times: number[] = [];
  const failures: string[] = [];
  const end = performance.now() + seconds * 1000;
  const person = async (number: number) => {
    const agent = Client.agent(1);
    await wait((1000 * number) / users);
    for (let i = 0; performance.now() < end; i++) {
      const start = performance.now();
      const { path, ...rest } = question(number, i);
      try {
        const { status } = await client.ask(path, { ...rest, agent });
        if (status >= 300) failures.push(`${path}: ${status}`);
      } catch (error) {
        failures.push(`${path}: ${(error as Error).message}`);
      }
      times.push((performance.now() - start) / 1000);
      await wait(1000);
    }
    agent.destroy();
  };
  await Promise.all(Array.from({ length: users }, (_, number) => person(number)));
  times.sort((a, b) => a - b);
  return { requests: times.length, failures, p95: times[Math.floor(times.length * 0.95)] ?? Number.NaN };
}
