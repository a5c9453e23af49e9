import { Deployment } from "../__tests__/live/deployment";
import { Client } from "../__tests__/live/edge/client";
import { crowd } from "../__tests__/live/edge/crowd";
import { deployStakaLivres, placeOrder, visitors } from "../__tests__/live/staka-livres";
import { run } from "../scripts/run";
import { installed, installPackages } from "../scripts/setup/debian";
import { type Protocol, type Speed, speedOf } from "./proxy/h2load";
import { MinimalNginx } from "./proxy/minimal-nginx";
import { median } from "./stopwatch";
import type { Comparison } from "./table";

const ROUNDS = 5;
const REQUESTS = 10_000;
/** At least 0.95 times as many requests in the same time. */
const SLOWER = 1 / 0.95;

export async function measureProxy(): Promise<Comparison[]> {
  // One after the other, so that neither has to share the machine.
  return [...(await measureSpeed()), ...(await measureCrowd())];
}

/** The proxy as it is deployed against the least that an Nginx must be told, before the same service. */
async function measureSpeed(): Promise<Comparison[]> {
  if (!installed("h2load")) await installPackages("h2load", ["nghttp2-client"], console.log);
  const deployment = await Deployment.create("b-proxy");
  deployment.app = "bench/proxy/system.ts";
  deployment.secrets = {};
  try {
    await deployment.mustDeploy();
    const memory = await megabytesOf(`${deployment.prefix}-proxy`);
    const site = (await deployment.containers()).find((name) => name.startsWith(`${deployment.prefix}-site-`)) ?? "";
    const minimal = await MinimalNginx.start(deployment, site);
    const comparisons = [];
    for (const protocol of ["HTTP/1.1", "HTTP/2"] as const) {
      comparisons.push(...(await compare(protocol, deployment, minimal)));
    }
    return [...comparisons, { name: "idle memory of the proxy, in MB", unit: "count", ours: memory, target: 40 }];
  } finally {
    await deployment.remove();
  }
}

/** A whole system, its application and database too: what Staka Livres does for many at once. */
async function measureCrowd(): Promise<Comparison[]> {
  const deployment = await deployStakaLivres("b-crowd");
  try {
    const question = visitors(await placeOrder(deployment));
    const { requests, failures, p95 } = await crowd(new Client(deployment), { users: 500, seconds: 60, question });
    const line = (what: string, ours: number, target: number): Comparison => ({
      ...{ name: `500 users of Staka Livres for a minute: ${what}`, unit: "count", ours, target },
    });
    return [
      line(`requests lost, of ${requests}`, failures.length, 0),
      line("ms for 95 of 100", Math.round(p95 * 1000), 200),
    ];
  } finally {
    await deployment.remove();
  }
}

/** In turns, so that a busy moment of the machine hits both. */
async function compare(protocol: Protocol, deployment: Deployment, minimal: MinimalNginx): Promise<Comparison[]> {
  const contenders = [
    { container: `${deployment.prefix}-proxy`, port: deployment.ports.https, speeds: [] as Speed[] },
    { container: minimal.name, port: minimal.port, speeds: [] as Speed[] },
  ];
  for (let round = 1; round <= ROUNDS; round++) {
    for (const { container, port, speeds } of contenders) {
      speeds.push(await speedOf(protocol, { container, port, domain: deployment.domain }, REQUESTS));
    }
    const rates = contenders.map(({ speeds }) => (1000 / (speeds.at(-1)?.seconds ?? 0)).toFixed(0));
    console.log(`  ${protocol}: ${rates.join(" and ")} requests/s (${round}/${ROUNDS})`);
  }
  const line = (name: string, what: keyof Speed, target?: number): Comparison => {
    const [ours = 0, other = 0] = contenders.map(({ speeds }) => median(speeds.map((speed) => speed[what])));
    return { name: `${protocol}: ${name}`, unit: "s", ours, other, ...(target && { target }) };
  };
  return [
    line("a thousand requests, by the clock", "seconds", SLOWER),
    line("a thousand requests, CPU time", "cpuSeconds"),
    line("99 of 100 requests within", "p99", SLOWER),
  ];
}

async function megabytesOf(container: string): Promise<number> {
  const { stdout } = await run("docker", ["stats", "--no-stream", "--format", "{{.MemUsage}}", container]);
  const [, size, unit] = /^([\d.]+)(KiB|MiB|GiB)/.exec(stdout) ?? [];
  return Number(size) * { KiB: 1 / 1024, MiB: 1, GiB: 1024 }[unit as "MiB"];
}
