import { withStack } from "../synthesised-stack";
import { BackupContainer, VerbFailed } from "./backup-container";
import { backupsOf } from "./description";
import { Engine } from "./engine";

/**
 * Runs a verb in one backup container of an environment, or in each; the first exit code that isn't 0 counts. What each
 * backs up then belongs together.
 */
export async function runVerb(environment: string, name: string | undefined, ...words: string[]): Promise<void> {
  await withStack(environment, async (stack) => {
    let failure: VerbFailed | undefined;
    let round: string | undefined;
    for (const [id, backup] of backupsOf(stack, name)) {
      if (name === undefined && words[0] === "offsite" && !backup.offsite) continue;
      console.error(`${id}:`);
      const container = await BackupContainer.find(Engine.of(stack), backup, environment);
      if (name === undefined && words[0] === "backup") round ??= (await container.verb("date", "+%s")).trim();
      await container.verb(...words, ...(round ? ["--round", round] : [])).catch((error: unknown) => {
        if (!(error instanceof VerbFailed)) throw error;
        failure ??= error;
      });
    }
    if (failure) throw failure;
  });
}
