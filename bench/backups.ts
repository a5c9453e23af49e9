import { parseArgs } from "node:util";
import { measureLatency } from "./backups/latency";
import { measureBackups } from "./backups/measure";
import { MysqlPeer, PostgresPeer } from "./backups/peer";
import { type Comparison, table } from "./table";

const PEERS = { postgres: () => new PostgresPeer(), mysql: () => new MysqlPeer() };

/** Backups of a database against what a shell script in a crontab does. */
async function bench(): Promise<void> {
  const { values } = parseArgs({
    options: {
      gigabytes: { type: "string", default: "1" },
      days: { type: "string", default: "30" },
      rounds: { type: "string", default: "3" },
      engine: { type: "string", multiple: true, default: Object.keys(PEERS) },
    },
  });
  const size = { gigabytes: Number(values.gigabytes), days: Number(values.days), rounds: Number(values.rounds) };
  console.log(`Backups of ${size.gigabytes} GB against a dump through gzip`);
  const comparisons: Comparison[] = [];
  for (const [name, peer] of Object.entries(PEERS)) {
    if (values.engine.includes(name)) comparisons.push(...(await measureBackups(name, peer(), size)));
  }
  if (values.engine.includes("postgres")) comparisons.push(...(await measureLatency(size)));
  console.log(`\n${table(comparisons)}`);
}

bench().catch((error: Error) => {
  console.error(`\n${error.message}`);
  process.exitCode = 1;
});
