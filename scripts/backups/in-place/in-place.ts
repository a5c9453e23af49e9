import { confirm } from "../../confirm";
import { interruption } from "../../interruption";
import { type BackupContainer, VerbFailed } from "../backup-container";
import { type Choice, optionsOf } from "../choice";
import type { BackupDescription } from "../description";
import { type Manifest, totals, whichBackup } from "../manifest";
import { explanation } from "./explanation";
import { type Plan, PlanFile } from "./plan";
import type { Writers } from "./writers";

/** Where a restore in place is, as the backup container says it. */
interface Status {
  readonly step: null | "preparing" | "prepared" | "swapping" | "swapped";
  /** Name of the data from before, once it was exchanged. */
  readonly old?: string;
}

/** Exit codes of `backup` with which a backup is made all the same: not copied offsite, old ones not removed. */
const MADE = [15, 22];

/** Other jobs of the backup may be at work. */
const WAIT = ["--wait", "3600"];

/**
 * A restore that takes the place of what is there. Each step can be interrupted and done again; how far it is stands in
 * the backup's volume, and the data from before stays until somebody drops it.
 */
export class InPlaceRestore {
  private readonly backup: BackupDescription;
  private readonly plan: PlanFile;

  constructor(
    private readonly container: BackupContainer,
    private readonly writers: Writers,
    private readonly environment: string,
    /** The database, or the backup's name where there is none: files are restored together. */
    private readonly subject: string,
    private readonly database: string | undefined,
    /** A command to type about this very restore. */
    private readonly command: (...options: string[]) => string,
  ) {
    this.backup = container.backup;
    this.plan = new PlanFile(container, database);
  }

  /** Whether one is under way; in words, with what to type. */
  async pending(): Promise<string | undefined> {
    const [{ step, old }, plan] = [await this.status(), await this.plan.read()];
    if (step === "swapped" && !plan) {
      const drop = this.command("--drop-old");
      const back = this.command("--swap-back");
      return `the data from before the last restore is still there, as ${old}; to have it back in its place, type: ${back}; when nobody needs it any more: ${drop}`;
    }
    if (step === null && !plan) return undefined;
    const giveUp = step === "swapping" || step === "swapped" ? "" : `; or, to give it up: ${this.command("--abort")}`;
    const resume = this.command("--resume");
    return `a restore of ${this.subject} was begun and has not ended; to go on with it, type: ${resume}${giveUp}`;
  }

  async start(choice: Choice, options: { yes?: string; safetyBackup: boolean }): Promise<void> {
    const pending = await this.pending();
    if (pending) throw new Error(`nothing was done: ${pending}`);
    const manifest: Manifest = JSON.parse(await this.container.verb("show", ...optionsOf(choice)));
    say(`\nIn place: ${this.subject} of ${this.environment}`);
    say(await explanation(this.container, manifest, this.database, choice, await this.writers.running()));
    await confirm(this.environment, options.yes);

    await this.plan.write({
      which: whichBackup(manifest, this.backup),
      totals: totals(manifest, this.backup, this.database),
      stopped: [],
      safe: !options.safetyBackup,
      started: seconds(),
    });
    await this.guarded(async () => {
      say(`restoring beside ${this.subject}; nothing is replaced yet`);
      await this.step("--prepare", ...optionsOf({ snapshot: manifest.run, offsite: choice.offsite }));
      await this.goOn();
    });
  }

  async resume({ safetyBackup }: { safetyBackup: boolean }): Promise<void> {
    const plan = await this.plan.read();
    if (!plan) throw new Error(`no restore of ${this.subject} is under way`);
    if (!safetyBackup) await this.plan.write({ ...plan, safe: true });
    await this.guarded(async () => {
      await this.container.awaitRestore();
      await this.goOn();
    });
  }

  /** Gives up a restore that has replaced nothing. */
  async abort(): Promise<void> {
    const plan = await this.plan.read();
    const { step } = await this.status();
    if (step === null && !plan) throw new Error(`no restore of ${this.subject} is under way`);
    if (step === null || step === "preparing") await this.container.endRestore();
    if (step !== null) await this.step("--abort", ...WAIT);
    await this.writers.start(plan?.stopped ?? []);
    await this.plan.remove();
    say(`given up; ${this.subject} is as it was`);
  }

  /** Brings the data from before back, and keeps what was restored under the other name. */
  async swapBack(yes?: string): Promise<void> {
    const [{ step, old }, plan] = [await this.status(), await this.plan.read()];
    if (plan) throw new Error(`nothing was done: ${await this.pending()}`);
    if (step !== "swapped")
      throw new Error(`nothing was done: there are no data from before a restore of ${this.subject}`);
    const running = await this.writers.running();
    say(`This brings ${old}, the data from before the restore of ${this.subject}, back to its place.
What was written since the restore stays with the restored data, under another name.
It stops ${running.join(", ") || "nothing: no application that writes it runs"}.`);
    await confirm(this.environment, yes);
    await this.plan.write({
      ...{ which: `the data from before the restore, ${old}`, totals: "as it was before the restore" },
      ...{ stopped: [], safe: true, swapBack: old as string, started: seconds() },
    });
    await this.guarded(() => this.goOn());
  }

  /** Removes the data from before. */
  async dropOld(yes?: string): Promise<void> {
    const [{ step, old }, plan] = [await this.status(), await this.plan.read()];
    if (plan) throw new Error(`nothing was done: ${await this.pending()}`);
    if (step === "swapped") {
      say(`This removes ${old}, the data from before the restore of ${this.subject}, for good.`);
      await confirm(this.environment, yes);
    }
    await this.step("--drop-old");
    say("the old data is gone");
  }

  /** Whatever step it is at, until it has ended. */
  private async goOn(): Promise<void> {
    for (;;) {
      const { step, old } = await this.status();
      if (step === null) throw new Error(`the restore of ${this.subject} has not begun; start it again`);
      if (step === "preparing" || step === "swapping") await this.step("--resume", ...WAIT);
      if (step === "prepared") await this.exchange("--swap");
      if (step === "swapped") {
        if ((await this.planned()).swapBack !== old) return this.finish(old as string);
        await this.exchange("--swap-back");
      }
    }
  }

  private async exchange(step: "--swap" | "--swap-back"): Promise<void> {
    let plan = await this.planned();
    const running = await this.writers.running();
    plan = { ...plan, stopped: [...new Set([...plan.stopped, ...running])] };
    // Before anybody is stopped: what is at work ends first, and nothing else begins until the exchange.
    await this.step("--reserve", ...WAIT);
    // Written first: whoever goes on has to know what to start again.
    await this.plan.write(plan);
    if (running.length > 0) say(`stopping ${running.join(", ")}`);
    await this.writers.stop(running);
    if (!plan.safe) {
      say("backing up what is there now");
      await this.container.verb("backup", "--safety", ...WAIT).catch((error) => this.withoutSafety(error, plan));
      await this.plan.write({ ...plan, safe: true });
    }
    say(`exchanging ${this.subject}`);
    await this.step(step, ...WAIT);
  }

  /** A backup that was made but not copied is good enough here; without one, the applications go on as before. */
  private async withoutSafety(error: unknown, { stopped }: Plan): Promise<void> {
    if (error instanceof VerbFailed && MADE.includes(error.exitCode)) return;
    if (!(error instanceof VerbFailed)) throw error;
    if (stopped.length > 0) say(`starting ${stopped.join(", ")} again`);
    await this.writers.start(stopped);
    say(`What is there now could not be backed up, so nothing was replaced. If it is lost or broken anyway, leave that out:
  ${this.command("--resume", "--no-safety-backup")}`);
    throw error;
  }

  private async finish(old: string): Promise<void> {
    const plan = await this.planned();
    await this.writers.release();
    if (plan.stopped.length > 0) say(`starting ${plan.stopped.join(", ")}`);
    await this.writers.start(plan.stopped);
    await this.writers.awaitHealth(plan.stopped);
    await this.plan.remove();
    console.log(`
Restored ${this.subject}: ${plan.totals}
from     ${plan.which}
took     ${seconds() - plan.started} seconds
The data from before is still there, as ${old}. When nobody needs it any more, type:
  ${this.command("--drop-old")}
Was it the wrong backup? To exchange the two again, type:
  ${this.command("--swap-back")}`);
  }

  /** Says how to go on when anything stops it. */
  private async guarded(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!interruption.aborted && (await this.status()).step === null) {
        await this.plan.remove();
        throw error;
      }
      say(`
The restore has not ended; the data from before is still there. To go on, type:
  ${this.command("--resume")}
or, if nothing was exchanged yet, to give it up:
  ${this.command("--abort")}`);
      throw error;
    }
  }

  private async planned(): Promise<Plan> {
    const plan = await this.plan.read();
    if (!plan) throw new Error(`somebody else has ended this restore of ${this.subject}`);
    return plan;
  }

  private async status(): Promise<Status> {
    return JSON.parse(await this.container.verb("restore", "--status", ...this.which));
  }

  private step(...words: string[]): Promise<string> {
    return this.container.restore(...words, ...this.which);
  }

  private get which(): string[] {
    return this.database === undefined ? [] : ["--database", this.database];
  }
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

function seconds(): number {
  return Math.floor(Date.now() / 1000);
}
