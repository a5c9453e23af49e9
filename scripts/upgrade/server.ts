import { BackupContainer } from "../backups/backup-container";
import type { BackupDescription } from "../backups/description";
import type { Engine } from "../backups/engine";
import { Writers } from "../backups/in-place/writers";
import { npmRun } from "../backups/program";
import { deploy } from "../deploy/deploy";
import type { SynthesisedStack } from "../synthesised-stack";
import type { Terraform } from "../terraform/terraform";
import { KeptData } from "./kept-data";
import type { RememberedSeries } from "./remembered-series";

/** A database server whose data come from another series than it will have, with everything around it. */
export class Server {
  readonly environment: string;
  readonly writers: Writers;

  constructor(
    private readonly engine: Engine,
    stack: SynthesisedStack,
    readonly name: string,
    readonly backup: BackupDescription,
    /** What the code says, like `postgres 18`. */
    readonly series: string,
    readonly memory: RememberedSeries,
    private readonly terraform: Terraform,
  ) {
    this.environment = stack.environment;
    this.writers = new Writers(engine, backup, stack);
  }

  /** A command to type about this very server. */
  command(...options: string[]): string {
    return npmRun("upgrade", this.environment, this.name, ...options);
  }

  backupContainer(): Promise<BackupContainer> {
    return BackupContainer.find(this.engine, this.backup, this.environment);
  }

  kept(series: string): Promise<KeptData | undefined> {
    return KeptData.find(this.engine, this.backup.dataVolume, series);
  }

  /** Names of the volumes with data of other series. */
  allKept(): Promise<string[]> {
    return KeptData.allOf(this.engine, this.backup.dataVolume);
  }

  /** A volume for the data of a series, and the image to copy them with, which stays there whatever becomes of the server. */
  async keep(series: string, stopped: readonly string[], image?: string): Promise<KeptData> {
    const used = image ?? (await this.engine.inspect(this.backup.container))?.Image;
    if (!used) throw new Error(`there is no container ${this.backup.container} on ${this.engine.place}`);
    return KeptData.create(this.engine, this.backup.dataVolume, { series, stopped, image: used });
  }

  async remove(volumes: readonly string[]): Promise<void> {
    await this.engine.ask("volume", "rm", ...volumes);
  }

  /** Stops the server and its backup, so that the data rest. */
  async stop(): Promise<void> {
    const names = await this.containers();
    if (names.length > 0) await this.engine.ask("stop", ...names);
  }

  async start(): Promise<void> {
    const names = await this.containers();
    if (names.length > 0) await this.engine.ask("start", ...names);
  }

  /** Deploys the server that the code says, and nothing beside it: the applications stay as they are. */
  async deploy(): Promise<void> {
    await this.removeUnknown();
    await deploy(this.environment, { yes: this.environment, only: this.name });
  }

  /** Starts what was stopped for an upgrade, and waits until it serves. */
  async startWriters(...volumes: readonly KeptData[]): Promise<void> {
    const stopped = [...new Set(volumes.flatMap(({ labels }) => labels.stopped))];
    if (stopped.length > 0) say(`starting ${stopped.join(", ")}`);
    await this.writers.start(stopped);
    await this.writers.awaitHealth(stopped);
  }

  /** @param next what to type when anything stops the work */
  async guarded(next: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      say(`\nThis has not ended, and applications that write the data are stopped. No data are lost. ${next}`);
      throw error;
    }
  }

  /** A deploy that was killed as it made a container could not note that, and the next would find the name in use. */
  private async removeUnknown(): Promise<void> {
    const known = (await this.terraform.resources()).map(({ values }) => values.id);
    for (const name of await this.containers(`${this.backup.container}-proof`)) {
      const found = await this.engine.inspect(name);
      if (found && !known.includes(found.Id)) await this.engine.ask("rm", "--force", name);
    }
  }

  /** The server's container, that of its backup and others, if they are there. */
  private async containers(...others: string[]): Promise<string[]> {
    const names = [this.backup.server as string, this.backup.container, ...others];
    const there = await Promise.all(names.map((name) => this.engine.inspect(name)));
    return names.filter((_, index) => there[index]);
  }
}

export function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
