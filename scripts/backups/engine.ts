import { spawn } from "node:child_process";
import type { Writable } from "node:stream";
import { interruption } from "../interruption";
import type { Finished } from "../run";
import type { SynthesisedStack } from "../synthesised-stack";

interface Streams {
  /** Written to the command's standard input. */
  readonly input?: string;
  /** Show its messages as they come, beside collecting them. */
  readonly show?: boolean;
  /** Where its output goes instead of being collected. */
  readonly output?: Writable;
  /** Run it also when everything else is being ended. */
  readonly always?: boolean;
}

/** What of `docker inspect` is used here. */
export interface Inspection {
  readonly Id: string;
  readonly Image: string;
  readonly State: {
    readonly Status: string;
    readonly Running: boolean;
    readonly ExitCode: number;
    readonly Health?: { readonly Status: string };
  };
  readonly Config: { readonly Env: readonly string[]; readonly User: string };
  readonly HostConfig: { readonly Memory: number; readonly CpuShares: number };
  readonly Mounts: readonly { readonly Name?: string; readonly Destination: string; readonly RW: boolean }[];
}

/** The Docker Engine that an environment is on: this machine's, or one reached as the deploy reaches it. */
export class Engine {
  static of({ json, folder }: SynthesisedStack): Engine {
    const { host = "unix:///var/run/docker.sock", ssh_opts = [] } = json.provider?.docker?.[0] ?? {};
    return new Engine(host, ssh_opts, folder);
  }

  private constructor(
    /** `unix:///…` or `ssh://user@host:port`. */
    readonly address: string,
    private readonly sshOptions: readonly string[],
    private readonly folder: string,
  ) {}

  /** Runs `docker` there and returns how it ended. */
  docker(words: readonly string[], { input = "", show, output, always }: Streams = {}): Promise<Finished> {
    const [command, ...args] = this.commandLine(words);
    return new Promise((resolve, reject) => {
      const child = spawn(command as string, args, {
        // The stack names the file with the host's keys relative to itself.
        cwd: this.folder,
        env: { ...process.env, DOCKER_HOST: this.address },
        detached: true,
        signal: always ? undefined : interruption,
      });
      let stdout = "";
      let stderr = "";
      if (output) {
        child.stdout.pipe(output);
        // With nobody to read it any more, the command would wait for ever.
        output.once("close", () => child.stdout.resume());
      } else {
        child.stdout.setEncoding("utf8").on("data", (chunk: string) => (stdout += chunk));
      }
      child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
        stderr += chunk;
        if (show) process.stderr.write(chunk);
      });
      // A command that ends without reading its input closes the pipe; its exit code says more than EPIPE would.
      child.stdin.on("error", () => undefined).end(input);
      child.on("error", (error: NodeJS.ErrnoException) =>
        reject(error.code === "ENOENT" ? new Error(`${command} is not installed (or not on PATH)`) : error),
      );
      child.on("close", (code) => resolve({ stdout, stderr, exitCode: code ?? 1 }));
    });
  }

  /** The same, for what has to end well; returns its output. */
  async ask(...words: string[]): Promise<string> {
    const finished = await this.docker(words);
    if (finished.exitCode !== 0) throw this.failed(words, finished);
    return finished.stdout.trim();
  }

  /** A container, if there is one of this name. */
  async inspect(container: string): Promise<Inspection | undefined> {
    const words = ["inspect", "--type", "container", container];
    const finished = await this.docker(words);
    if (finished.exitCode === 0) return JSON.parse(finished.stdout)[0];
    if (/no such (object|container)/i.test(finished.stderr)) return undefined;
    throw this.failed(words, finished);
  }

  /** Last lines of a container's log. */
  async lastWords(container: string): Promise<string> {
    const { stdout, stderr } = await this.docker(["logs", "--tail", "10", container]);
    return `${stdout}${stderr}`.trimEnd().replaceAll(/^/gm, "  | ");
  }

  /** Where the engine is, for messages. */
  get place(): string {
    const { host } = new URL(this.address);
    return this.isRemote ? host : "this machine";
  }

  get isRemote(): boolean {
    return this.address.startsWith("ssh://");
  }

  private commandLine(words: readonly string[]): string[] {
    if (!this.isRemote) return ["docker", ...words];
    const { username, hostname, port } = new URL(this.address);
    const remote = ["docker", ...words].map(quoted).join(" ");
    return ["ssh", ...this.sshOptions, "-p", port || "22", `${username}@${hostname}`, remote];
  }

  private failed([verb]: readonly string[], { stderr, exitCode }: Finished): Error {
    const said = stderr.trim();
    // ssh's own exit code; Docker has none of its own for this.
    if (exitCode !== 255 && !/connect to the Docker daemon|error during connect/i.test(said)) {
      return new Error(`docker ${verb} failed on ${this.place}:\n${said}`);
    }
    return this.unreachable(said);
  }

  /** @param said by whatever tried */
  unreachable(said: string): Error {
    const { username, hostname, port } = new URL(this.address);
    const check = this.isRemote
      ? `check the host, its pinned keys and your own key: ssh -p ${port || 22} ${username}@${hostname} docker version`
      : "check that it runs: systemctl start docker";
    return new Error(`the Docker Engine of ${this.place} cannot be reached:\n${said.trim()}\n${check}`);
  }
}

/** A word as the shell on the other side reads it back. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
