import type { SynthesisedStack } from "../synthesised-stack";
import { BackupContainer } from "./backup-container";
import { type Choice, optionsOf } from "./choice";
import { backupOf, sourcesBeside } from "./description";
import { Engine } from "./engine";
import type { Run } from "./manifest";
import { chosenOf } from "./rounds";

/**
 * What `--at` means: the same round for every source, though their backups are of different moments. Without it the newest
 * is taken, and it is only said when another source has none of that round.
 *
 * @param type the command to type with another choice
 * @throws Error when another source lacks that round
 */
export async function ofOneRound(
  stack: SynthesisedStack,
  name: string,
  choice: Choice,
  type: (choice: Choice) => string,
): Promise<Choice> {
  const { timeZone } = backupOf(stack, name);
  const sources = sourcesBeside(stack, name);
  if (choice.snapshot !== undefined || choice.alone || sources.length === 1) return choice;
  const alone = `for ${name}'s own newest all the same, type: ${type({ ...choice, alone: true })}`;
  const all: Record<string, Run[]> = {};
  for (const [id, backup] of sources) {
    try {
      const container = await BackupContainer.find(Engine.of(stack), backup, stack.environment);
      all[id] = JSON.parse(await container.verb("list", ...optionsOf(choice)));
    } catch (error) {
      if (id === name) throw error;
      const unknown = `what belongs to ${name} is not known: ${id} does not say what it has`;
      console.error(choice.at === undefined ? `note: ${unknown}` : `${unknown}; ${alone}`);
      if (choice.at === undefined) return choice;
      throw error;
    }
  }
  const { run, note, refused } = chosenOf(name, all, { choice, timeZone, type });
  if (refused && choice.at !== undefined) throw new Error(`nothing was done: ${refused}; ${alone}`);
  if (refused ?? note) console.error(`note: ${refused ?? note}`);
  return run && choice.at !== undefined ? { snapshot: run.run, offsite: choice.offsite } : choice;
}
