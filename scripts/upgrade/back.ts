import { confirm } from "../confirm";
import type { KeptData } from "./kept-data";
import type { Remembered } from "./remembered-series";
import { forgetRestore } from "./restore-run";
import { type Server, say } from "./server";

/**
 * Back to the series that the code says, with the data that an upgrade has put aside. What is there now is put aside in its
 * turn, so nothing is lost this way either.
 */
export async function goBack(server: Server, { series, underWay, from }: Remembered, yes?: string): Promise<void> {
  const wanted = server.series;
  const kept = await server.kept(wanted);
  const begun = underWay === "way back";
  const leadsHere = series === wanted || (underWay === "upgrade" ? from === wanted : !underWay);
  if (!kept || !leadsHere) {
    throw new Error(
      `nothing was done: ${server.name} has the data of ${series}, and there are none of ${wanted}, as the code says, to go back to`,
    );
  }
  if (!begun) {
    say(`
Back to ${wanted} with its data from before the upgrade of ${server.name} of ${server.environment}.
What was written since then goes to a volume of its own.`);
    await confirm(server.environment, yes);
  }
  await server.guarded(`To go on, type:\n  ${server.command("--back")}`, async () => {
    const { putAside } = await kept.done();
    // With nothing put aside, all is where it was.
    const aside = putAside ? await exchange(server, kept, begun ? (from as string) : series, begun) : kept;
    await server.start();
    await server.memory.note();
    await forgetRestore(await server.backupContainer());
    await server.startWriters(kept, aside);
    await kept.remove();
  });
  const volumes = await server.allKept();
  console.log(`\n${server.name} has its data of ${wanted} from before the upgrade again.`);
  if (volumes.length > 0) {
    console.log(`What was there until now is in ${volumes.join(", ")}. When nobody needs it, type:
  ${server.command("--drop-old")}`);
  }
}

async function exchange(server: Server, kept: KeptData, newer: string, begun: boolean): Promise<KeptData> {
  if (!begun) await server.memory.note("way back", newer);
  const running = await server.writers.running();
  const aside = (await server.kept(newer)) ?? (await server.keep(newer, running, kept.labels.image));
  const { broughtBack } = await kept.done();
  if (!broughtBack) {
    say(`stopping ${[...running, "the server"].join(", ")}, and putting the data of ${newer} aside`);
    await server.writers.stop(running);
    await server.stop();
    await aside.putAside();
    say(`bringing the data of ${server.series} back`);
    await kept.bringBack();
  }
  await server.deploy();
  return aside;
}
