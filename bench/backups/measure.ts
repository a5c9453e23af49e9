import { BackupContainer, backupImage, ensureNetwork } from "../../__tests__/live/backup/backup-container";
import { median, seconds } from "../stopwatch";
import type { Comparison } from "../table";
import { changeOrders, INDEX, insertOrders, ORDERS, rowsFor } from "./orders";
import type { Peer } from "./peer";
import { watched } from "./watched";

/** Megabytes, which the container has, too. */
const MEMORY_LIMIT = 400;

type Times = Record<"backup" | "dump" | "restore" | "compared" | "load", number[]>;

export interface Size {
  readonly gigabytes: number;
  readonly days: number;
  readonly rounds: number;
}

/** Makes and restores backups of one server, ours and through gzip in turns. */
export async function measureBackups(
  name: string,
  peer: Peer,
  { gigabytes, days, rounds }: Size,
): Promise<Comparison[]> {
  await ensureNetwork();
  const image = await backupImage(peer.server.base);
  const rows = rowsFor(gigabytes);
  let backup: BackupContainer | undefined;
  try {
    await peer.server.start();
    await fill(peer, rows);

    const times: Times = { backup: [], dump: [], restore: [], compared: [], load: [] };
    let memory = 0;
    const ours = async (...verb: string[]) => {
      const { memory: peak, said } = await watched(backup as BackupContainer, ...verb);
      memory = Math.max(memory, peak);
      return said;
    };
    for (let round = 1; round <= rounds; round++) {
      backup = await BackupContainer.create(`b-${name}`, image, peer.server.environment);
      times.backup.push(await seconds(() => ours("backup")));
      times.dump.push(await seconds(() => peer.dump()));
      const begin = Date.now() / 1000;
      const said = await ours("restore", "--to-database", "by_us");
      times.compared.push(Date.now() / 1000 - begin);
      times.restore.push(Number(/^(\S+) comparing/m.exec(said)?.[1]) - begin);
      await peer.server.query("DROP DATABASE by_us");
      await peer.server.query("CREATE DATABASE by_gzip");
      times.load.push(await seconds(() => peer.load()));
      await peer.server.query("DROP DATABASE by_gzip");
      console.log(`  ${name}, round ${round}/${rounds}: ${latest(times)}`);
    }

    const first = await peer.dumpBytes();
    for (let day = 2; day <= days; day++) {
      await peer.server.query(changeOrders(rows, day));
      await backup?.ok("backup");
    }
    if (days > 1) await peer.dump();
    // The dumps between are as large as these: rows change, and none is added.
    const bytes = (days * (first + (await peer.dumpBytes()))) / 2;
    const kept = Number((await backup?.ok("du", "--summarize", "--bytes", "/repository"))?.stdout.split("\t")[0]);
    const row = (what: string, unit: "s" | "MB", our: number, other: number, target?: number): Comparison => ({
      ...{ name: `${name}: ${what}`, unit, ours: our, other, target },
    });
    return [
      row("first backup / dump through gzip", "s", median(times.backup), median(times.dump), 1.2),
      ...(days > 1 ? [row(`${days} days kept / as many gzipped dumps`, "MB", kept / 1e6, bytes / 1e6, 1 / 6)] : []),
      row("restored / gunzip into the client", "s", median(times.restore), median(times.load), 1.3),
      row("restored and compared / gunzip into the client", "s", median(times.compared), median(times.load)),
      row("memory of the backup container / its limit", "MB", memory / 1e6, MEMORY_LIMIT, 1),
    ];
  } finally {
    await backup?.remove();
    await peer.remove();
  }
}

async function fill(peer: Peer, rows: number): Promise<void> {
  const time = await seconds(async () => {
    for (const sql of [ORDERS, insertOrders(rows, peer.dialect), INDEX]) await peer.server.query(sql);
  });
  console.log(`  ${peer.server.engine}: ${rows} rows made in ${time.toFixed(0)} s`);
}

function latest(times: Times): string {
  return Object.entries(times)
    .map(([what, values]) => `${what} ${values.at(-1)?.toFixed(1)} s`)
    .join(", ");
}
