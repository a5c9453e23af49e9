import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Engine } from "../backups/engine";

const SCRIPT = readFileSync(join(__dirname, "kept-data.sh"), "utf8");

/** The files belong to the server's user, and stay so. */
const CAPABILITIES = ["CHOWN", "DAC_OVERRIDE", "FOWNER"].flatMap((name) => ["--cap-add", name]);

/** What an upgrade has done so far: `run-…` names the backup it has made. */
export interface Done {
  readonly run?: string;
  readonly putAside: boolean;
  readonly restored: boolean;
  readonly broughtBack: boolean;
}

interface Labels {
  /** Series that has written the data, like `postgres 17`. */
  readonly series: string;
  /** Containers that were stopped for it, to be started again. */
  readonly stopped: readonly string[];
  /** Image that has the programs to copy with. */
  readonly image: string;
}

/**
 * A volume beside a server's own, for the data of one series while another one's take their place. It is also where an upgrade
 * notes how far it is, for whoever goes on with it.
 */
export class KeptData {
  static async find(engine: Engine, dataVolume: string, series: string): Promise<KeptData | undefined> {
    const name = nameOf(dataVolume, series);
    if ((await engine.ask("volume", "ls", "--quiet", "--filter", `name=^${name}$`)) === "") return undefined;
    const labels = JSON.parse(await engine.ask("volume", "inspect", "--format", "{{json .Labels}}", name));
    const { "portolan.stopped": stopped, "portolan.image": image } = labels;
    return new KeptData(engine, dataVolume, { series, stopped: stopped.split(" ").filter(Boolean), image });
  }

  static async create(engine: Engine, dataVolume: string, labels: Labels): Promise<KeptData> {
    const { series, stopped, image } = labels;
    const given = { keeps: dataVolume, series, stopped: stopped.join(" "), image };
    const words = Object.entries(given).flatMap(([name, value]) => ["--label", `portolan.${name}=${value}`]);
    await engine.ask("volume", "create", ...words, nameOf(dataVolume, series));
    return new KeptData(engine, dataVolume, labels);
  }

  /** Names of all volumes that keep data of this one. */
  static async allOf(engine: Engine, dataVolume: string): Promise<string[]> {
    const listed = await engine.ask("volume", "ls", "--quiet", "--filter", `label=portolan.keeps=${dataVolume}`);
    return listed.split("\n").filter(Boolean);
  }

  readonly name: string;

  private constructor(
    private readonly engine: Engine,
    private readonly dataVolume: string,
    readonly labels: Labels,
  ) {
    this.name = nameOf(dataVolume, labels.series);
  }

  async done(): Promise<Done> {
    const words = (await this.work("done")).split("\n");
    const run = words.find((word) => word.startsWith("run-"))?.replace(/^run-/, "");
    const [putAside, restored, broughtBack] = ["put-aside", "restored", "bring-back"].map((it) => words.includes(it));
    return { run, putAside, restored, broughtBack } as Done;
  }

  /** KiB that the data take, and that are free. */
  async room(): Promise<{ taken: number; free: number }> {
    const [taken = 0, free = 0] = (await this.work("room")).split("\n").map(Number);
    return { taken, free };
  }

  async note(what: string): Promise<void> {
    await this.work("note", what);
  }

  /** Moves the server's data here. The server must not run. */
  async putAside(): Promise<void> {
    await this.work("put-aside");
  }

  /** Copies the data from here to where the server's are, in the place of what is there. */
  async bringBack(): Promise<void> {
    await this.work("bring-back");
  }

  async remove(): Promise<void> {
    await this.engine.ask("volume", "rm", this.name);
  }

  private async work(...words: string[]): Promise<string> {
    const container = `${this.dataVolume}-upgrade`;
    // One whose operator was interrupted goes on to its end.
    const other = await this.engine.inspect(container);
    if (other?.State.Running) await this.engine.ask("wait", container);
    else if (other) await this.engine.ask("rm", container);
    const hardening = ["--network", "none", "--read-only", "--security-opt", "no-new-privileges", "--cap-drop", "ALL"];
    const volumes = ["--volume", `${this.dataVolume}:/data`, "--volume", `${this.name}:/kept`];
    const options = ["--user", "0:0", ...hardening, ...CAPABILITIES, ...volumes, "--entrypoint", "sh"];
    const command = ["run", "--rm", "--name", container, ...options, this.labels.image, "-c", SCRIPT, "-", ...words];
    return this.engine.ask(...command);
  }
}

function nameOf(dataVolume: string, series: string): string {
  return `${dataVolume}-${series.replaceAll(" ", "-")}`;
}
