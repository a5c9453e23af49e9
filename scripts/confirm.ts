import { createInterface } from "node:readline/promises";
import { interruption } from "./interruption";

/**
 * Goes on only when somebody gives the environment's name, by hand or as `--yes`.
 *
 * @param given what `--yes` says
 */
export async function confirm(environment: string, given?: string): Promise<void> {
  const name = given ?? (await typed(`\nType the environment's name (${environment}) to go on: `));
  if (name === environment) return;
  if (name === "") throw new Error(`nothing was done: nobody confirmed it; add --yes ${environment}`);
  throw new Error(`nothing was done: the environment is "${environment}", not "${name}"`);
}

async function typed(question: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  // Without anybody to answer, the input just ends.
  const ended = new Promise<string>((resolve) => terminal.once("close", () => resolve("")));
  // A terminal hands Ctrl-C to whoever reads from it.
  terminal.once("SIGINT", () => process.kill(process.pid, "SIGINT"));
  try {
    const answer = await Promise.race([terminal.question(question, { signal: interruption }), ended]);
    return answer.trim();
  } finally {
    terminal.close();
  }
}
