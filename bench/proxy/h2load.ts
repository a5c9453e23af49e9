import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../scripts/run";

export type Protocol = "HTTP/1.1" | "HTTP/2";

/** What a thousand requests take, in seconds. */
export interface Speed {
  readonly seconds: number;
  /** Of the server alone: other work on the machine doesn't change it. */
  readonly cpuSeconds: number;
  /** Within which 99 of 100 requests are answered. */
  readonly p99: number;
}

export interface Server {
  readonly container: string;
  readonly port: number;
  readonly domain: string;
}

/** How fast a server answers fifty connections that ask again at once. */
export async function speedOf(protocol: Protocol, server: Server, requests: number): Promise<Speed> {
  const folder = mkdtempSync(join(tmpdir(), "portolan-"));
  const log = join(folder, "log");
  try {
    const options = ["--requests", String(requests), "--clients", "50", "--threads", "1", `--log-file=${log}`];
    const target = [`https://${server.domain}:${server.port}/`, "--connect-to", `127.0.0.1:${server.port}`];
    const before = await cpuSecondsOf(server.container);
    const { stdout } = await run("h2load", [...(protocol === "HTTP/1.1" ? ["--h1"] : []), ...options, ...target]);
    const cpuSeconds = (await cpuSecondsOf(server.container)) - before;
    const [, seconds] = /finished in ([\d.]+)s/.exec(stdout) ?? [];
    if (!stdout.includes(` ${requests} 2xx`)) throw new Error(`h2load: not every answer is a good one\n${stdout}`);
    const thousands = requests / 1000;
    return {
      seconds: Number(seconds) / thousands,
      cpuSeconds: cpuSeconds / thousands,
      p99: p99Of(readFileSync(log, "utf8")),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function cpuSecondsOf(container: string): Promise<number> {
  const path = `http://docker/containers/${container}/stats?stream=false&one-shot=true`;
  const { stdout } = await run("curl", ["-fsS", "--unix-socket", "/var/run/docker.sock", path]);
  return JSON.parse(stdout).cpu_stats.cpu_usage.total_usage / 1e9;
}

/** The third column has the microseconds of each request. */
function p99Of(log: string): number {
  const times = log
    .trim()
    .split("\n")
    .map((line) => Number(line.split("\t")[2]))
    .sort((a, b) => a - b);
  return (times[Math.floor(times.length * 0.99)] ?? Number.NaN) / 1e6;
}
