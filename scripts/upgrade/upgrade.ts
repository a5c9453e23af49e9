import { backupOf } from "../backups/description";
import { Engine } from "../backups/engine";
import { npmRun } from "../backups/program";
import { confirm } from "../confirm";
import { synthesise } from "../synthesised-stack";
import { needTerraform } from "../terraform/binary";
import { Terraform } from "../terraform/terraform";
import { goBack } from "./back";
import { bringOver } from "./bring-over";
import { RememberedSeries } from "./remembered-series";
import { Server } from "./server";

interface Options {
  readonly back?: boolean;
  readonly dropOld?: boolean;
  readonly yes?: string;
}

/** Brings the data of a database to the series of its server that the code says. Typed again, it goes on. */
export async function upgrade(environment: string, name: string, options: Options): Promise<void> {
  const stack = await synthesise(environment);
  const backup = backupOf(stack, name);
  const described = stack.json["//"].series?.[name];
  if (!described) throw new Error(`${name} has no server with a version; only databases of one are upgraded`);
  const terraform = new Terraform(await needTerraform(), stack.folder);
  await terraform.init();
  const memory = new RememberedSeries(terraform, described.resource);
  const remembered = await memory.read();
  if (!remembered) {
    throw new Error(
      `the state doesn't know yet which version has written the data of ${name}; with that version in the code, type: ${npmRun("deploy", environment)}`,
    );
  }
  const engine = Engine.of(stack);
  const server = new Server(engine, stack, name, backup, described.series, memory, terraform);
  if (options.dropOld) await dropOld(server, remembered.underWay !== undefined, options.yes);
  else if (options.back) await goBack(server, remembered, options.yes);
  else await bringOver(server, remembered, options.yes);
}

async function dropOld(server: Server, underWay: boolean, yes?: string): Promise<void> {
  if (underWay) throw new Error(`nothing was done: an upgrade is under way; type: ${server.command()}`);
  const volumes = await server.allKept();
  if (volumes.length === 0) throw new Error(`there are no data of ${server.name} from before an upgrade`);
  console.error(`This removes ${volumes.join(", ")}, with the data from before an upgrade, for good.`);
  await confirm(server.environment, yes);
  await server.remove(volumes);
  console.log("the old data are gone");
}
