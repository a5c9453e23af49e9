import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type SynthesisedStack, withStack } from "../synthesised-stack";
import { runOnHost } from "./run-on-host";

/** ssh's own exit code, where it has none of the command's. */
const SSH_FAILED = 255;

const PIECES = join(__dirname, "pieces");

/**
 * Runs a verb of host.sh where the environment is deployed to, and shows what it says.
 *
 * @throws Error when the host can't be reached, or is not as it should be
 */
export function onHost(verb: "check" | "prepare", environment: string): Promise<void> {
  return withStack(environment, async (stack) => {
    const words = [verb, `'npm run host -- prepare ${environment}'`, ...portsOf(stack)];
    const { exitCode } = await runOnHost(stack, hostScript(), words, { onLine: (line) => console.log(line) });
    if (exitCode === SSH_FAILED) throw new Error(`${environment}: the host cannot be reached`);
    if (exitCode !== 0) throw new Error(`${environment}: the host is not as it should be`);
  });
}

/** host.sh with its pieces in front, in one text that any shell reads from its standard input. */
export function hostScript(): string {
  const pieces = readdirSync(PIECES).sort();
  return [...pieces.map((name) => join(PIECES, name)), join(__dirname, "host.sh")]
    .map((path) => readFileSync(path, "utf8"))
    .join("\n");
}

/** Ports that the environment's containers publish to everybody. */
export function portsOf({ json }: Pick<SynthesisedStack, "json">): string[] {
  const published = Object.values(json.resource?.docker_container ?? {}).flatMap(({ ports = [] }) => ports);
  return [...new Set(published.filter(({ ip }) => ip !== "127.0.0.1").map(({ external }) => String(external)))];
}
