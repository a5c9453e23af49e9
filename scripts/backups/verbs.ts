import { withStack } from "../synthesised-stack";
import { BackupContainer, VerbFailed } from "./backup-container";
import { backupsOf } from "./description";
import { Engine } from "./engine";

/** Runs a verb in one backup container of an environment, or in each; the first exit code that isn't 0 counts. */
export async function runVerb(environment: string, name: string | undefined, ...words: string[]): Promise<void> {
  await withStack(environment, async (stack) => {
    let failure: VerbFailed | undefined;
    for (const [id, backup] of backupsOf(stack, name)) {
      if (name === undefined && words[0] === "offsite" && !backup.offsite) continue;
      console.error(`${id}:`);
      const container = await BackupContainer.find(Engine.of(stack), backup, environment);
      await container.verb(...words).catch((error: unknown) => {
        if (!(error instanceof VerbFailed)) throw error;
        failure ??= error;
      });
    }
    if (failure) throw failure;
  });
}
