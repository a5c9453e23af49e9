import { join } from "node:path";

/** A command line that runs another one as a machine without Docker does, while its engine goes on for everybody else. */
export function withoutDocker(command: string, args: readonly string[]): [command: string, args: string[]] {
  return ["unshare", ["--mount", join(__dirname, "without-docker.sh"), command, ...args]];
}
