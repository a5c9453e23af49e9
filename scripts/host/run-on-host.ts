import { attempt, type Finished } from "../run";
import type { SynthesisedStack } from "../synthesised-stack";

type Stack = Pick<SynthesisedStack, "json" | "folder">;

/**
 * Runs the text of a shell script where an environment is deployed to, and where `docker` means its engine.
 *
 * @param words without anything that a shell would read in its own way
 */
export function runOnHost(
  stack: Stack,
  script: string,
  words: readonly string[],
  options: { readonly onLine?: (line: string) => void } = {},
): Promise<Finished> {
  const { command, args } = shellOn(stack);
  const host = stack.json.provider?.docker?.[0]?.host ?? "";
  return attempt(command, [...args, `sh -s -- ${words.join(" ")}`], {
    // The stack names the file with the host's keys relative to itself.
    cwd: stack.folder,
    env: host.startsWith("unix://") ? { DOCKER_HOST: host } : {},
    input: script,
    ...options,
  });
}

/** A shell that takes one more argument as its command. */
export function shellOn({ json }: Pick<SynthesisedStack, "json">): { command: string; args: string[] } {
  const [docker] = json.provider?.docker ?? [];
  const url = docker?.host?.startsWith("ssh://") ? new URL(docker.host) : undefined;
  if (!url) return { command: "sh", args: ["-c"] };
  const options = [...(docker?.ssh_opts ?? [])];
  return { command: "ssh", args: [...options, "-p", url.port || "22", `${url.username}@${url.hostname}`] };
}
