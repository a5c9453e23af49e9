import { existsSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { confirm } from "./confirm";
import { run } from "./run";
import type { Report } from "./setup/setup-error";
import { isData, resources, volumeName } from "./setup/state";
import { runSteps } from "./setup/steps";
import { ensureTerraform } from "./setup/terraform";

const ENVIRONMENT = "local";
const PROJECT = join(__dirname, "..");
const STACK = join(PROJECT, "cdktf.out", "stacks", ENVIRONMENT);

interface Options {
  readonly data?: boolean;
  readonly yes?: string;
}

async function down({ data, yes }: Options): Promise<void> {
  if (data) {
    if (yes === undefined) console.error(`This destroys the data of "${ENVIRONMENT}" for good.`);
    await confirm(ENVIRONMENT, yes);
  }
  let terraform = "terraform";
  let deployed: string[] = [];
  await runSteps([
    {
      title: "State",
      run: async (report) => {
        terraform = await ensureTerraform(report);
        deployed = await readState(terraform, report);
        return deployed.length > 0 ? `${deployed.length} resources` : "nothing is deployed";
      },
    },
    {
      title: "Everything but data",
      run: (report) =>
        destroy(
          terraform,
          deployed.filter((address) => !isData(address)),
          report,
        ),
    },
    ...(data
      ? [{ title: "Data", run: (report: Report) => destroyData(terraform, deployed.filter(isData), report) }]
      : []),
  ]);
  const kept = data ? [] : deployed.filter(isData).map(volumeName);
  if (kept.length > 0)
    console.log(`\nThe data is still there, in ${kept.join(" and ")}; npm run up continues with it.`);
}

async function readState(terraform: string, report: Report): Promise<string[]> {
  if (!existsSync(join(STACK, "cdk.tf.json"))) {
    report("synthesising");
    await run(join(PROJECT, "node_modules", ".bin", "cdktf"), ["synth"], { cwd: PROJECT });
  }
  report("reading the state");
  await run(terraform, ["init", "-input=false", "-no-color"], { cwd: STACK });
  // Without any state there is nothing to list, which Terraform calls an error.
  const listed = await run(terraform, ["state", "list"], { cwd: STACK }).catch((error: Error) => {
    if (error.message.includes("No state file was found")) return { stdout: "" };
    throw error;
  });
  return resources(listed.stdout);
}

/** Names each resource: a plain destroy would stop at the protected volumes before doing anything. */
async function destroy(terraform: string, addresses: readonly string[], report: Report): Promise<void> {
  if (addresses.length === 0) return;
  report(`destroying ${addresses.length} resources`);
  const targets = addresses.map((address) => `-target=${address}`);
  await run(terraform, ["destroy", "-auto-approve", "-input=false", "-no-color", ...targets], { cwd: STACK });
}

/** The volumes first: should that fail, the state still knows them. */
async function destroyData(terraform: string, addresses: readonly string[], report: Report): Promise<void> {
  if (addresses.length === 0) return;
  const volumes = addresses.flatMap((address) => volumeName(address) ?? []);
  report(`removing ${volumes.join(", ")}`);
  await run("docker", ["volume", "rm", "--force", ...volumes]);
  await run(terraform, ["state", "rm", ...addresses], { cwd: STACK });
}

new Command("down")
  .description("Remove what `npm run up` deployed, but not its data")
  .option("--data", "remove the data volumes too, after asking for the environment's name")
  .option("--yes <environment>", "the name that --data would ask for")
  .action(down)
  .parseAsync()
  .catch((error: Error) => {
    console.error(`\n${error.message}`);
    process.exitCode = 1;
  });
