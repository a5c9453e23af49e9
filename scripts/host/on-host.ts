import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { attempt } from "../run";
import { type SynthesisedStack, withStack } from "../synthesised-stack";

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
    const { command, args } = shellOn(stack);
    const words = [verb, `'npm run host -- prepare ${environment}'`, ...portsOf(stack)];
    const { exitCode } = await attempt(command, [...args, `sh -s ${words.join(" ")}`], {
      cwd: stack.folder,
      input: hostScript(),
      onLine: (line) => console.log(line),
    });
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

/** A shell that takes one more argument as its command. */
export function shellOn({ json }: Pick<SynthesisedStack, "json">): { command: string; args: string[] } {
  const [docker] = json.provider?.docker ?? [];
  const url = docker?.host?.startsWith("ssh://") ? new URL(docker.host) : undefined;
  if (!url) return { command: "sh", args: ["-c"] };
  const options = [...(docker?.ssh_opts ?? [])];
  return { command: "ssh", args: [...options, "-p", url.port || "22", `${url.username}@${url.hostname}`] };
}

/** Ports that the environment's containers publish to everybody. */
export function portsOf({ json }: Pick<SynthesisedStack, "json">): string[] {
  const published = Object.values(json.resource?.docker_container ?? {}).flatMap(({ ports = [] }) => ports);
  return [...new Set(published.filter(({ ip }) => ip !== "127.0.0.1").map(({ external }) => String(external)))];
}
