import { withStack } from "../synthesised-stack";
import { BackupContainer } from "./backup-container";
import { type Choice, optionsOf, typed } from "./choice";
import { type BackupDescription, backupOf } from "./description";
import { Engine, quoted } from "./engine";
import { InPlaceRestore } from "./in-place/in-place";
import { Writers } from "./in-place/writers";
import { ofOneRound } from "./one-round";
import { npmRun } from "./program";
import { restoreToFile } from "./to-file";

export interface RestoreOptions extends Choice {
  readonly toFile?: string;
  readonly toDatabase?: string;
  readonly inPlace?: boolean;
  readonly status?: boolean;
  readonly resume?: boolean;
  readonly abort?: boolean;
  readonly swapBack?: boolean;
  readonly dropOld?: boolean;
  readonly database?: string;
  readonly yes?: string;
  readonly safetyBackup: boolean;
}

/** What a restore can be told to do, of which it is told one. */
export const MODES = ["toFile", "toDatabase", "inPlace", "status", "resume", "abort", "swapBack", "dropOld"] as const;

export async function restore(environment: string, name: string, options: RestoreOptions): Promise<void> {
  const modes = MODES.filter((mode) => options[mode] !== undefined);
  if (modes.length !== 1) {
    throw new Error(
      "say one thing to do: --to-file, --to-database, --in-place, --status, --resume, --abort, --swap-back or --drop-old",
    );
  }
  await withStack(environment, async (stack) => {
    const engine = Engine.of(stack);
    const backup = backupOf(stack, name);
    const database = databaseOf(backup, options.database, modes[0] !== "toFile");
    const which = options.database === undefined ? [] : ["--database", options.database];
    const command = (...words: string[]) => npmRun("restore", environment, name, ...words, ...which);
    const container = await BackupContainer.find(engine, backup, environment);
    const writers = new Writers(engine, backup, stack);
    const inPlace = new InPlaceRestore(container, writers, environment, database ?? name, database, command);

    const mode = options.toFile ? ["--to-file", options.toFile] : ["--to-database", options.toDatabase ?? ""];
    const again = (choice: Choice) =>
      command(...(options.inPlace ? ["--in-place"] : mode.map(quoted)), ...typed(choice));
    const chosen = () => ofOneRound(stack, name, options, again);

    if (options.inPlace) await inPlace.start(await chosen(), options);
    else if (options.resume) await inPlace.resume(options);
    else if (options.abort) await inPlace.abort();
    else if (options.swapBack) await inPlace.swapBack(options.yes);
    else if (options.dropOld) await inPlace.dropOld(options.yes);
    else {
      const pending = await inPlace.pending();
      if (options.status) console.log(pending ?? `no restore of ${name} is under way`);
      else if (pending) console.error(`note: ${pending}`);
      if (options.toFile) await restoreToFile(container, options.toFile, optionsOf(await chosen()));
      if (options.toDatabase) {
        await container.restore("--to-database", options.toDatabase, ...optionsOf(await chosen()), ...which);
        console.log(`${options.toDatabase} is there`);
      }
    }
  });
}

/** The database that is meant; none for files, which are restored together. */
function databaseOf(
  { engine, databases }: BackupDescription,
  given: string | undefined,
  needed: boolean,
): string | undefined {
  if (given !== undefined && (engine === "files" || !databases.includes(given))) {
    throw new Error(
      engine === "files"
        ? "files have no databases; leave out --database"
        : `there is no database "${given}"; known: ${databases.join(", ")}`,
    );
  }
  if (engine === "files") return undefined;
  if (given === undefined && databases.length > 1 && needed) {
    throw new Error(`say which database: --database, one of ${databases.join(", ")}`);
  }
  return given ?? databases[0];
}
