import { withStack } from "../synthesised-stack";
import { BackupContainer } from "./backup-container";
import { type Choice, optionsOf, typed } from "./choice";
import { backupOf } from "./description";
import { Engine } from "./engine";
import { type Manifest, tablesOf, totals, verifiedText, whichBackup } from "./manifest";
import { ofOneRound } from "./one-round";
import { npmRun } from "./program";
import { table } from "./table";

/** Prints what is in one backup. */
export async function show(environment: string, name: string, choice: Choice): Promise<void> {
  await withStack(environment, async (stack) => {
    const backup = backupOf(stack, name);
    const container = await BackupContainer.find(Engine.of(stack), backup, environment);
    const again = (other: Choice) => npmRun("backup", "show", environment, name, ...typed(other));
    const chosen = choice.at === undefined ? choice : await ofOneRound(stack, name, choice, again);
    const manifest: Manifest = JSON.parse(await container.verb("show", ...optionsOf(chosen)));
    console.log(`${backup.name}, ${whichBackup(manifest, backup)}`);
    console.log(`${totals(manifest, backup)}; verified: ${verifiedText(manifest, backup)}\n`);
    const tables = tablesOf(manifest);
    console.log(
      backup.engine === "files"
        ? table(
            ["Folder", "Files"],
            tables.map(([, folder, files]) => [folder, files]),
          )
        : table(["Database", "Table", "Rows"], tables),
    );
  });
}
