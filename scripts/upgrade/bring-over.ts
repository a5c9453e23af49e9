import { InPlaceRestore } from "../backups/in-place/in-place";
import { type Manifest, type Run, totals } from "../backups/manifest";
import { npmRun } from "../backups/program";
import { size } from "../backups/words";
import { confirm } from "../confirm";
import { interruption } from "../interruption";
import { mistakeBetween } from "./direction";
import type { KeptData } from "./kept-data";
import type { Remembered } from "./remembered-series";
import { reserve, restoreRun } from "./restore-run";
import { type Server, say } from "./server";

/** Room that has to be left when the data are there twice. */
const RESERVE_KIB = 256 * 1024;

/**
 * From the series that has written the data to the one that the code says: a backup with the applications stopped, the old data
 * put aside, the new server, the backup restored into it and compared. Each step is noted where the next command finds it.
 */
export async function bringOver(server: Server, { series, underWay, from }: Remembered, yes?: string): Promise<void> {
  if (underWay && (underWay !== "upgrade" || series !== server.series))
    throw new Error(otherWay(server, series, underWay));
  if (!underWay && series === server.series) {
    console.log(`${server.name} has the data of ${series}, as the code says; there is nothing to do`);
    return;
  }
  const old = from ?? series;
  let kept = await server.kept(old);
  if (!underWay) kept = await begin(server, old, kept, yes);
  if (!kept)
    throw new Error(`the volume with the data of ${old} is gone; docs/restore.md says how to restore a backup`);
  await goOn(server, old, kept, underWay !== undefined);
}

/** Everything before the data are touched: a new backup, for which the applications are stopped. */
async function begin(server: Server, old: string, before: KeptData | undefined, yes?: string): Promise<KeptData> {
  const mistake = mistakeBetween(old, server.series);
  if (mistake)
    throw new Error(
      `${server.name} has the data of ${old}, ${mistake}; for data from before an upgrade, type: ${server.command("--back")}`,
    );
  await refusePending(server, before);
  const running = await server.writers.running();
  say(`
Upgrade of ${server.name} of ${server.environment}: ${old} to ${server.series}
  stops     ${running.join(", ") || "nothing: no application that writes the data runs"}
  backs up  everything, and restores it into the new server, table by table
  keeps     the data of ${old} in a volume of their own`);
  await confirm(server.environment, yes);

  // Noted first: whoever goes on has to know what to start again.
  const stopped = [...new Set([...(before?.labels.stopped ?? []), ...running])];
  await before?.remove();
  const kept = await server.keep(old, stopped);
  try {
    await requireRoom(kept);
    if (running.length > 0) say(`stopping ${running.join(", ")}`);
    await server.writers.stop(running);
    await backUp(server, kept);
  } catch (error) {
    if (interruption.aborted) {
      say(`\nNothing has changed, but applications may be stopped. ${next(server, old)}`);
    } else {
      await server.startWriters(kept);
      await kept.remove();
      say("Nothing has changed.");
    }
    throw error;
  }
  return kept;
}

async function refusePending(server: Server, before?: KeptData): Promise<void> {
  const [database = ""] = server.backup.databases;
  const restore = (...options: string[]) => npmRun("restore", server.environment, server.name, ...options);
  const container = await server.backupContainer();
  const inPlace = new InPlaceRestore(container, server.writers, server.environment, database, database, restore);
  const pending = await inPlace.pending();
  if (pending) throw new Error(`nothing was done: ${pending}`);
  const left = (await before?.done())?.putAside ? before : await server.kept(server.series);
  if (!left) return;
  throw new Error(
    `nothing was done: the volume ${left.name} still has data from an upgrade before; when nobody needs them, type: ${server.command("--drop-old")}`,
  );
}

async function goOn(server: Server, old: string, kept: KeptData, begun: boolean): Promise<void> {
  const started = Date.now();
  const { run, putAside, restored } = await kept.done();
  if (!run) throw new Error(`the volume ${kept.name} doesn't say which backup was made`);
  await server.guarded(next(server, old), async () => {
    if (!begun) {
      say("noting the upgrade in Terraform's state");
      await server.memory.note("upgrade", old);
    }
    if (!putAside) {
      say(`stopping the server, and putting the data of ${old} aside`);
      await server.stop();
      await kept.putAside();
    }
    if (!restored) {
      await server.deploy();
      say(`restoring what was backed up, into ${server.series}`);
      await restoreRun(await server.backupContainer(), run);
      await kept.note("restored");
    }
    await server.memory.note();
    await server.startWriters(kept);
  });
  const manifest: Manifest = JSON.parse(await (await server.backupContainer()).verb("show", "--snapshot", run));
  console.log(`
${server.name} has its data in ${server.series}: ${totals(manifest, server.backup)}
took     ${Math.round((Date.now() - started) / 1000)} seconds
What else the code has changed comes with the next deploy: ${npmRun("deploy", server.environment)}
The data of ${old} are still there, in the volume ${kept.name}. When nobody needs them any more, type:
  ${server.command("--drop-old")}
To go back to them, without what is written from now on, put the old version back into the code, and type:
  ${server.command("--back")}`);
}

/** How to go on with what was interrupted. */
function next(server: Server, old: string): string {
  return `To go on, type:
  ${server.command()}
or, to have the data of ${old} as they were, put that version back into the code, and type:
  ${server.command("--back")}`;
}

/** Backs up with the applications stopped, and notes which backup that is. */
async function backUp(server: Server, kept: KeptData): Promise<void> {
  say("backing up what is there");
  const container = await server.backupContainer();
  // Before the first backup there is nothing to list, which is an error.
  const known = runsIn(await container.script("list 2>/dev/null || echo []", []));
  await container.verb("backup", "--safety", "--wait", "3600");
  await reserve(container);
  const made = runsIn(await container.verb("list")).filter((run) => !known.includes(run));
  if (made.length !== 1) throw new Error(`which backup was made is not clear: ${made.join(", ") || "none"}`);
  await kept.note(`run-${made[0]}`);
}

function runsIn(list: string): string[] {
  const runs: readonly Run[] = JSON.parse(list);
  return runs.filter(({ safety }) => safety).map(({ run }) => run);
}

/** For a while the data are there twice: first beside their own copy, then beside what was restored. */
async function requireRoom(kept: KeptData): Promise<void> {
  const { taken, free } = await kept.room();
  if (free >= taken + RESERVE_KIB) return;
  throw new Error(
    `the data take ${size(taken * 1024)}, and the host has ${size(free * 1024)} free; the upgrade needs the room for them once more`,
  );
}

function otherWay(server: Server, series: string, underWay: string): string {
  const type = underWay === "upgrade" ? server.command() : server.command("--back");
  return `the ${underWay} to ${series} is under way, and the code says ${server.series}; with ${series} in the code, type: ${type}`;
}
