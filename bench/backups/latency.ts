import autocannon from "autocannon";
import { Deployment } from "../../__tests__/live/deployment";
import { publish } from "../../__tests__/live/releases";
import { run } from "../../scripts/run";
import { median } from "../stopwatch";
import type { Comparison } from "../table";

const ROUNDS = 3;
const REQUESTS_PER_SECOND = 50;

/** How much slower a backup makes the application's answers: those of CHE·NU, each with a row that it reads or writes. */
export async function measureLatency({ gigabytes }: { gigabytes: number }): Promise<Comparison[]> {
  await publish("bench");
  const target = await Deployment.create("bench-backup", { release: "bench" });
  try {
    await target.mustDeploy();
    await fill(target, gigabytes);
    const backup = () => run("docker", ["exec", `${target.prefix}-db-backup`, "backup"]);
    await backup();
    const [during, without]: [number[], number[]] = [[], []];
    for (let round = 0; round < ROUNDS; round++) {
      const start = performance.now();
      during.push(await p95While(target, backup));
      const milliseconds = performance.now() - start;
      without.push(await p95While(target, () => new Promise((resolve) => setTimeout(resolve, milliseconds))));
    }
    return [
      {
        name: "p95 of requests during a backup",
        ours: median(during),
        other: median(without),
        unit: "ms",
        target: 1.5,
      },
    ];
  } finally {
    await target.remove();
  }
}

async function fill({ prefix }: Deployment, gigabytes: number): Promise<void> {
  // Random text, as nothing else costs a compression so much.
  const sql = `CREATE TABLE filler AS SELECT i, (SELECT string_agg(md5(random()::text), '') FROM generate_series(1, 32), (SELECT i) _) AS text
    FROM generate_series(1, ${Math.round(gigabytes * 1e6)}) i; GRANT SELECT ON filler TO chenu;`;
  await run("docker", ["exec", `${prefix}-db`, "psql", "-qXU", "postgres", "-d", "chenu", "-c", sql]);
}

/** 95th percentile in milliseconds of requests at a steady rate, for as long as something takes. */
async function p95While(target: Deployment, something: () => Promise<unknown>): Promise<number> {
  const { domain, ports } = target;
  const milliseconds: number[] = [];
  const shooters = [
    { method: "GET", path: "/api/health" },
    {
      method: "POST",
      path: "/api/v1/threads",
      body: JSON.stringify({ title: "a", founding_intent: "b", sphere_id: "personal" }),
    },
  ] as const;
  const running = shooters.map(({ path, ...request }) => {
    const instance = autocannon(
      {
        ...request,
        url: `https://127.0.0.1:${ports.https}${path}`,
        servername: domain,
        headers: { host: `${domain}:${ports.https}`, "content-type": "application/json" },
        overallRate: REQUESTS_PER_SECOND / shooters.length,
        connections: 10,
        duration: 3600,
      },
      () => undefined,
    );
    instance.on("response", (_client: unknown, _status: number, _bytes: number, took: number) =>
      milliseconds.push(took),
    );
    return instance;
  });
  await something();
  await Promise.all(
    running.map((instance) => {
      const done = new Promise((resolve) => instance.on("done", resolve));
      instance.stop();
      return done;
    }),
  );
  milliseconds.sort((a, b) => a - b);
  return milliseconds[Math.floor(milliseconds.length * 0.95)] ?? Number.NaN;
}
