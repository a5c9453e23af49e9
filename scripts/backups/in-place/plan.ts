import type { BackupContainer } from "../backup-container";

/** What an operator's restore in place is about, and how far it is beyond what the backup container itself knows. */
export interface Plan {
  /** The backup that comes back, in words. */
  readonly which: string;
  readonly totals: string;
  /** Containers that were stopped, to be started again. */
  readonly stopped: readonly string[];
  /** Whether the data from before is in a backup, too. */
  readonly safe: boolean;
  /** The data from before that come back, where a restore is taken back. */
  readonly swapBack?: string;
  /** When it began, in seconds. */
  readonly started: number;
}

/** The plan's file in the backup's volume: whoever goes on with the restore, from any machine, finds it there. */
export class PlanFile {
  private readonly path: string;

  constructor(
    private readonly container: BackupContainer,
    database = "files",
  ) {
    this.path = `/state/restore/${database.replace(/^\//, "").replaceAll("/", "__")}.plan`;
  }

  async read(): Promise<Plan | undefined> {
    const text = await this.container.script('if [ -f "$1" ]; then cat "$1"; fi', [this.path]);
    return text ? JSON.parse(text) : undefined;
  }

  /** Replaces it as a whole: half a plan would be worse than none. */
  async write(plan: Plan): Promise<void> {
    const script = 'mkdir -p "${1%/*}" && cat >"$1.new" && sync "$1.new" && mv "$1.new" "$1"';
    await this.container.script(script, [this.path], JSON.stringify(plan));
  }

  async remove(): Promise<void> {
    await this.container.script('rm -f "$1"', [this.path]);
  }
}
