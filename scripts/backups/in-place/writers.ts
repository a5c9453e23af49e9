import { waitUntil } from "../../setup/wait-until";
import type { SynthesisedStack } from "../../synthesised-stack";
import type { BackupDescription } from "../description";
import type { Engine } from "../engine";

const HEALTHY_SECONDS = 180;

/** The applications that write the data, which must not do so while it is exchanged. */
export class Writers {
  private readonly label: string;

  constructor(
    private readonly engine: Engine,
    private readonly backup: BackupDescription,
    stack: SynthesisedStack,
  ) {
    this.label = `portolan.environment=${stack.system}/${stack.environment}`;
  }

  /** Names of their containers that run now. */
  async running(): Promise<string[]> {
    const names = await Promise.all(this.backup.writers.map((path) => this.containersOf(path)));
    return names.flat();
  }

  async stop(names: readonly string[]): Promise<void> {
    if (names.length > 0) await this.engine.ask("stop", ...names);
  }

  async start(names: readonly string[]): Promise<void> {
    // A deploy meanwhile has replaced those that are gone.
    const there = await Promise.all(names.map((name) => this.engine.inspect(name)));
    const left = names.filter((_, index) => there[index]);
    if (left.length > 0) await this.engine.ask("start", ...left);
  }

  /** @throws Error with the last log lines of the first that doesn't get healthy */
  async awaitHealth(names: readonly string[]): Promise<void> {
    for (const name of names) {
      if (await waitUntil(() => this.serves(name), HEALTHY_SECONDS)) continue;
      throw new Error(`${name} does not get healthy; its last log lines:\n${await this.engine.lastWords(name)}`);
    }
  }

  /**
   * Runs the newest release job of each once more: the restored data may be older than the release.
   *
   * @throws Error with what the job said
   */
  async release(): Promise<void> {
    for (const path of this.backup.releaseJobs) {
      const [job] = await this.containersOf(path, "--all");
      if (!job) continue;
      process.stderr.write(`running the release job ${job}\n`);
      const { stdout, stderr, exitCode } = await this.engine.docker(["start", "--attach", job]);
      if (exitCode !== 0) throw new Error(`the release job ${job} fails on the restored data:\n${stdout}${stderr}`);
    }
  }

  /** Newest first. */
  private async containersOf(path: string, ...options: string[]): Promise<string[]> {
    const filters = [this.label, `portolan.construct=${path}`].flatMap((label) => ["--filter", `label=${label}`]);
    const listed = await this.engine.ask("ps", ...options, ...filters, "--format", "{{.Names}}");
    return listed.split("\n").filter(Boolean);
  }

  private async serves(name: string): Promise<boolean> {
    const found = await this.engine.inspect(name);
    return !found || (found.State.Running && (found.State.Health?.Status ?? "healthy") === "healthy");
  }
}
