import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

export interface RunOptions {
  readonly cwd?: string;
  /** Added to this process's own environment. */
  readonly env?: Record<string, string>;
  /** Modes that files the command makes don't get. */
  readonly umask?: number;
  /** Written to the command's standard input. */
  readonly input?: string;
  /** Show the command's output as it comes instead of collecting it. */
  readonly inherit?: boolean;
  /** Told each line of output as it comes. */
  readonly onLine?: (line: string) => void;
  /**
   * Interrupts the command once, however often somebody presses Ctrl-C: it is in a process group of its own, where a
   * terminal's Ctrl-C does not reach it.
   */
  readonly interruptedBy?: AbortSignal;
}

export interface Finished {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

/** Runs a command and returns what it wrote; fails with the command line and its last lines when the command fails. */
export async function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<Finished> {
  const finished = await attempt(command, args, options);
  if (finished.exitCode !== 0) {
    const said = lastLines(finished.stderr) || lastLines(finished.stdout);
    throw new Error(
      `\`${[command, ...args].join(" ")}\` failed with exit code ${finished.exitCode}\n${said}`.trimEnd(),
    );
  }
  return finished;
}

/** Whether a command exists and ends well. */
export async function succeeds(command: string, args: readonly string[], options: RunOptions = {}): Promise<boolean> {
  const finished = await attempt(command, args, options).catch(() => undefined);
  return finished?.exitCode === 0;
}

export function lastLines(text: string, count = 12): string {
  return text.trimEnd().split("\n").slice(-count).join("\n");
}

/** Runs a command and returns how it ended, well or not. */
export function attempt(command: string, args: readonly string[], options: RunOptions = {}): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = startWith(options.umask, () =>
      spawn(command, args, {
        cwd: options.cwd,
        env: { ...process.env, ...options.env },
        stdio: options.inherit ? "inherit" : "pipe",
        detached: options.interruptedBy !== undefined,
      }),
    );
    // The whole group, as a terminal does: the command may be a script around the program that has to hear of it.
    const interrupt = () => child.pid && process.kill(-child.pid, "SIGINT");
    options.interruptedBy?.addEventListener("abort", interrupt, { once: true });
    if (options.interruptedBy?.aborted) interrupt();
    let stdout = "";
    let stderr = "";
    child.stdout?.setEncoding("utf8").on("data", (chunk: string) => (stdout += chunk));
    child.stderr?.setEncoding("utf8").on("data", (chunk: string) => (stderr += chunk));
    for (const stream of options.onLine ? [child.stdout, child.stderr] : []) {
      if (stream) createInterface(stream).on("line", (line) => options.onLine?.(line));
    }
    // A command that ends without reading its input closes the pipe; its exit code says more than EPIPE would.
    child.stdin?.on("error", () => undefined).end(options.input ?? "");
    child.on("error", (error: NodeJS.ErrnoException) =>
      reject(error.code === "ENOENT" ? new Error(`${command} is not installed (or not on PATH)`) : error),
    );
    child.on("close", (code) => {
      options.interruptedBy?.removeEventListener("abort", interrupt);
      resolve({ stdout, stderr, exitCode: code ?? 1 });
    });
  });
}

/** A process begins with the umask of the one that starts it. */
function startWith<T>(umask: number | undefined, start: () => T): T {
  if (umask === undefined) return start();
  const own = process.umask(umask);
  try {
    return start();
  } finally {
    process.umask(own);
  }
}
