import { chmodSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../../scripts/run";
import { backupImage } from "./backup-container";

/** An image of backups whose time of day is the real one and an offset in a file, by libfaketime. */
export async function fakeClockImage(base: string): Promise<string> {
  const image = `portolan-t-backup-clock:${base.replace(/[:/]/g, "-")}`;
  const dockerfile = `FROM ${await backupImage(base)}
USER 0:0
RUN apt-get update && apt-get install --yes --no-install-recommends faketime && rm -rf /var/lib/apt/lists/* \\
 && ln -s /usr/lib/*/faketime/libfaketime.so.1 /usr/local/lib/libfaketime.so
ENV LD_PRELOAD=/usr/local/lib/libfaketime.so FAKETIME_TIMESTAMP_FILE=/clock/offset FAKETIME_NO_CACHE=1
ENV FAKETIME_DONT_FAKE_MONOTONIC=1 NO_FAKE_STAT=1
USER 999:999
`;
  const build = ["build", "--quiet", "--tag", image, "-"];
  return (await run("docker", build, { input: dockerfile, env: { DOCKER_BUILDKIT: "0" } })).stdout.trim();
}

/** The clock of containers that mount it. */
export class FakeClock {
  private readonly folder = mkdtempSync(join(tmpdir(), "portolan-clock-"));
  private offset = 0;

  constructor() {
    chmodSync(this.folder, 0o755);
    this.set(Date.now());
  }

  get mount(): string {
    return `${this.folder}:/clock:ro`;
  }

  /** In milliseconds. */
  get now(): number {
    return Date.now() + this.offset * 1000;
  }

  set(time: number): void {
    this.offset = Math.round((time - Date.now()) / 1000);
    // In one piece: a process that starts at this very moment reads it.
    writeFileSync(join(this.folder, "new"), `${this.offset < 0 ? "" : "+"}${this.offset}\n`, { mode: 0o644 });
    renameSync(join(this.folder, "new"), join(this.folder, "offset"));
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
