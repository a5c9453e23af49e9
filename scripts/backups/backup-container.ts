import type { Writable } from "node:stream";
import { interruption } from "../interruption";
import type { BackupDescription } from "./description";
import type { Engine, Inspection } from "./engine";
import { npmRun } from "./program";

/** A verb of the backup container failed, and has said why. */
export class VerbFailed extends Error {
  constructor(
    verb: string,
    readonly exitCode: number,
    readonly said: string,
  ) {
    super(`${verb} failed with exit code ${exitCode}`);
  }
}

/** Where files are put together before they travel. Removed before and after: a killed container can't do it itself. */
const TO_FILE = `
  folder=/state/to-file
  umask 077
  rm -rf "$folder" && mkdir "$folder"
  trap 'rm -rf "$folder"' EXIT
  restore --to-file "$folder" "$@" && tar --create --directory "$folder" .`;

/** The container that backs up a database, and the one beside it that restores. */
export class BackupContainer {
  /** @throws Error with what to type when it does not run */
  static async find(engine: Engine, backup: BackupDescription, environment: string): Promise<BackupContainer> {
    const { container } = backup;
    const found = await engine.inspect(container);
    if (!found) {
      throw new Error(
        `there is no container ${container} on ${engine.place}: deploy it first, type: ${npmRun("deploy", environment)}`,
      );
    }
    if (found.State.Status !== "running") {
      const { Status, ExitCode } = found.State;
      const words = await engine.lastWords(container);
      throw new Error(
        `${container} does not run: it is ${Status}, exit code ${ExitCode}\n${words}\nto start it again, type: docker start ${container}`,
      );
    }
    return new BackupContainer(engine, backup, found);
  }

  private constructor(
    private readonly engine: Engine,
    readonly backup: BackupDescription,
    private readonly inspection: Inspection,
  ) {}

  /** Runs a verb that needs no administrator's rights; returns its result, and shows what it says on the way. */
  async verb(...words: string[]): Promise<string> {
    const finished = await this.engine.docker(["exec", this.backup.container, ...words], { show: true });
    return this.ended(words[0] as string, finished);
  }

  /** The same for a verb that reads secrets, a line each. */
  async verbWith(lines: readonly string[], ...words: string[]): Promise<string> {
    const command = ["exec", "--interactive", this.backup.container, ...words];
    const input = lines.map((line) => `${line}\n`).join("");
    return this.ended(words[0] as string, await this.engine.docker(command, { input, show: true }));
  }

  /** Runs a small shell script in it, with `$1`… as given and `input` to read. */
  async script(text: string, words: readonly string[], input?: string): Promise<string> {
    const command = ["exec", "--interactive", this.backup.container, "sh", "-c", text, "-", ...words];
    return this.ended("writing to its volume", await this.engine.docker(command, { input }));
  }

  /** Runs a step of a restore, with the administrator's rights. */
  restore(...words: string[]): Promise<string> {
    return this.beside(["restore", ...words]);
  }

  /** The dumps as files, packed by tar, to `output`. */
  async restoreToTar(output: Writable, words: readonly string[]): Promise<void> {
    await this.beside(["bash", "-c", TO_FILE, "-", ...words], output);
  }

  /** Waits for a restore that somebody else's command began, or one that was killed. */
  async awaitRestore(): Promise<void> {
    if (!(await this.engine.inspect(this.restorer))) return;
    process.stderr.write(`waiting for ${this.restorer}, which is still at work\n`);
    await this.engine.docker(["attach", "--no-stdin", this.restorer], { show: true });
  }

  async endRestore(): Promise<void> {
    await this.engine.docker(["rm", "--force", "--volumes", this.restorer], { always: true });
  }

  private async beside(command: readonly string[], output?: Writable): Promise<string> {
    const other = await this.engine.inspect(this.restorer);
    if (other?.State.Running) {
      throw new Error(`another restore is at work: the container ${this.restorer} on ${this.engine.place}`);
    }
    // Docker removes it by itself, unless it was ended, too.
    if (other) await this.endRestore();
    const options = restoreOptions(this.backup, this.inspection);
    const words = ["run", "--rm", "--name", this.restorer, ...options, this.inspection.Image, ...command];
    try {
      return this.ended("restore", await this.engine.docker(words, { show: true, output }));
    } finally {
      if (interruption.aborted) await this.endRestore();
    }
  }

  private ended(verb: string, finished: { stdout: string; stderr: string; exitCode: number }): string {
    if (finished.exitCode === 0) return finished.stdout;
    throw new VerbFailed(verb, finished.exitCode, finished.stderr);
  }

  private get restorer(): string {
    return `${this.backup.name}-restore`;
  }
}

/** The backup container once more, except that it may write the data and reads the administrator's password. */
export function restoreOptions(backup: BackupDescription, { Config, HostConfig, Mounts }: Inspection): string[] {
  const mounts = Mounts.map(({ Name, Destination, RW }) => {
    const writable = RW || Name === backup.dataVolume;
    return `${Name}:${Destination}${writable ? "" : ":ro"}`;
  });
  if (backup.adminSecrets) mounts.push(`${backup.adminSecrets}:/run/admin:ro`);
  return [
    ...["--init", "--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"],
    ...["--network", `container:${backup.container}`, "--tmpfs", "/tmp:rw,noexec,nosuid,mode=1777,size=64m"],
    ...["--user", Config.User, "--memory", String(HostConfig.Memory), "--memory-swap", String(HostConfig.Memory)],
    ...["--cpu-shares", String(HostConfig.CpuShares)],
    ...mounts.flatMap((mount) => ["--volume", mount]),
    ...Config.Env.flatMap((variable) => ["--env", variable]),
  ];
}
