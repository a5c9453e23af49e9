import { Command } from "commander";
import { confirm } from "./confirm";
import { heedInterruption } from "./interruption";
import { run } from "./run";
import type { Report } from "./setup/setup-error";
import { isData, OWNER, resources, volumeName } from "./setup/state";
import { runSteps } from "./setup/steps";
import { ensureTerraform } from "./setup/terraform";
import { synthesise } from "./synthesised-stack";
import { Terraform } from "./terraform/terraform";

const ENVIRONMENT = "local";

interface Options {
  readonly data?: boolean;
  readonly yes?: string;
}

async function down({ data, yes }: Options): Promise<void> {
  if (data) {
    if (yes === undefined) console.error(`This destroys the data of "${ENVIRONMENT}" for good.`);
    await confirm(ENVIRONMENT, yes);
  }
  let terraform: Terraform;
  let deployed: string[] = [];
  await runSteps([
    {
      title: "State",
      run: async (report) => {
        const binary = await ensureTerraform(report);
        report("synthesising");
        terraform = new Terraform(binary, (await synthesise(ENVIRONMENT)).folder);
        deployed = await readState(terraform, report);
        return deployed.length > 0 ? `${deployed.length} resources` : "nothing is deployed";
      },
    },
    {
      title: "Everything but data",
      run: (report) =>
        destroy(
          terraform,
          // Terraform would destroy the data with the owner.
          deployed.filter((address) => !isData(address) && address !== OWNER),
          report,
        ),
    },
    ...(data
      ? [
          {
            title: "Data",
            run: async (report: Report) => {
              await destroyData(terraform, deployed.filter(isData), report);
              await destroy(
                terraform,
                deployed.filter((address) => address === OWNER),
                report,
              );
            },
          },
        ]
      : []),
  ]);
  const kept = data ? [] : deployed.filter(isData).map(volumeName);
  if (kept.length > 0)
    console.log(`\nThe data is still there, in ${kept.join(" and ")}; npm run up continues with it.`);
}

async function readState(terraform: Terraform, report: Report): Promise<string[]> {
  report("reading the state");
  await terraform.init();
  return resources(await terraform.stateList());
}

/** Names each resource: a plain destroy would stop at the protected volumes before doing anything. */
async function destroy(terraform: Terraform, addresses: readonly string[], report: Report): Promise<void> {
  if (addresses.length === 0) return;
  report(`destroying ${addresses.length} resources`);
  await terraform.destroy(addresses, () => undefined);
}

/** The volumes first: should that fail, the state still knows them. */
async function destroyData(terraform: Terraform, addresses: readonly string[], report: Report): Promise<void> {
  if (addresses.length === 0) return;
  const volumes = addresses.flatMap((address) => volumeName(address) ?? []);
  report(`removing ${volumes.join(", ")}`);
  await run("docker", ["volume", "rm", "--force", ...volumes]);
  await terraform.forget(addresses);
}

heedInterruption();
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
