import { availableParallelism, loadavg } from "node:os";
import { NEEDED } from "../scripts/setup/images/catalogue";
import { ensureStandIns } from "../scripts/setup/images/images";
import { setup } from "../scripts/setup/setup";
import { runSteps } from "../scripts/setup/steps";
import { measureDeploys } from "./deploys";
import { measureProxy } from "./proxy";
import { measureSynths } from "./synths";
import { type Comparison, table } from "./table";

async function bench(): Promise<void> {
  const [load = 0] = loadavg();
  await setup();
  // Both sides deploy from a registry that this machine may push releases to.
  await runSteps([{ title: "Local registry", run: (report) => ensureStandIns(report, NEEDED) }]);
  const comparisons: Comparison[] = [];

  console.log("\nSynth against its floor: a process that only loads cdktf and the provider classes used (CPU time)");
  comparisons.push(...((await measured("synth", measureSynths)) ?? []));

  console.log("\nDeploys against Docker Compose on the same containers");
  const deploys = await measured("deploys", measureDeploys);
  comparisons.push(...(deploys?.comparisons ?? []));

  console.log("\nThe proxy against a minimal Nginx before the same service");
  comparisons.push(...((await measured("proxy", measureProxy)) ?? []));

  console.log(`\n${table(comparisons)}`);
  if (load > availableParallelism()) {
    console.log(`\nThis machine was busy before (load ${load.toFixed(1)}): deploys by the clock say little now.`);
  }
  if (!deploys) return;
  console.log("\nWhere the seconds of our one-service deploy go:");
  for (const { name, seconds } of deploys.parts) console.log(`  ${seconds.toFixed(1).padStart(4)}  ${name}`);
}

/** What could not be measured says so, and the rest goes on. */
async function measured<T>(what: string, measure: () => Promise<T>): Promise<T | undefined> {
  try {
    return await measure();
  } catch (error) {
    console.error(`  NOT MEASURED, ${what}: ${(error as Error).message}`);
    process.exitCode = 1;
    return undefined;
  }
}

bench().catch((error: Error) => {
  console.error(`\n${error.message}`);
  process.exitCode = 1;
});
