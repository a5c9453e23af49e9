import { Command } from "commander";
import { engines } from "./matrix/engines";
import { machines } from "./matrix/machines";
import { nodes } from "./matrix/nodes";
import { type Row, runTable } from "./matrix/table";
import { terraforms } from "./matrix/terraforms";

const TABLES: Readonly<Record<string, () => Promise<readonly Row[]>>> = { engines, machines, nodes, terraforms };

async function matrix(names: readonly string[]): Promise<void> {
  for (const name of names.length > 0 ? names : Object.keys(TABLES)) {
    const rows = TABLES[name];
    if (!rows) throw new Error(`unknown table "${name}"; known: ${Object.keys(TABLES).join(", ")}`);
    const { text, failed } = await runTable(name, await rows());
    console.log(`\n${text}\n`);
    if (failed) process.exitCode = 1;
  }
}

new Command("test:matrix")
  .description("Run the project on everything it supports, and print tables of how that went; takes hours")
  .argument("[tables...]", "only these")
  .action(matrix)
  .parseAsync()
  .catch((error: Error) => {
    console.error(`error: ${error.message}`);
    process.exitCode = 1;
  });
