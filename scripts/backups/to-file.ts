import { type ChildProcessByStdio, spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, renameSync, rmdirSync, rmSync } from "node:fs";
import { resolve } from "node:path";
import type { Readable, Writable } from "node:stream";
import type { BackupContainer } from "./backup-container";

type Unpacker = ChildProcessByStdio<Writable, null, Readable>;

/**
 * Brings a backup's dumps to this machine, into a new folder that only this user can read. The folder is there when it is
 * complete.
 */
export async function restoreToFile(container: BackupContainer, folder: string, options: string[]): Promise<void> {
  const target = resolve(folder);
  if (existsSync(target) && readdirSync(target).length > 0) {
    throw new Error(`${target} is there already and not empty; name a new folder`);
  }
  const partial = `${target}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true, mode: 0o700 });
  try {
    const tar = spawn("tar", ["--extract", "--file", "-", "--no-same-owner", "--directory", partial], {
      stdio: ["pipe", "ignore", "pipe"],
      detached: true,
    });
    const packed = container.restoreToTar(tar.stdin, options).finally(() => tar.stdin.end());
    // When the host can't pack, tar fails here, too; its reason is the second one.
    const [sent, unpacked] = await Promise.allSettled([packed, endOf(tar)]);
    if (sent.status === "rejected") throw sent.reason;
    if (unpacked.status === "rejected") throw unpacked.reason;
    if (existsSync(target)) rmdirSync(target);
    renameSync(partial, target);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
  console.log(`${target}:\n${readdirSync(target).sort().join("\n").replaceAll(/^/gm, "  ")}`);
}

async function endOf(tar: Unpacker): Promise<void> {
  // When its reader is gone, what tar itself says is the reason.
  tar.stdin.on("error", () => undefined);
  let said = "";
  tar.stderr.setEncoding("utf8").on("data", (chunk: string) => (said += chunk));
  const code = await new Promise((ended, failed) => tar.on("error", failed).on("close", ended));
  if (code !== 0) throw new Error(`the files could not be written here:\n${said.trimEnd()}`);
}
