import Table from "cli-table3";
import { lastLines } from "../run";

/** What is done with one of the things a table compares, by column. */
export interface Row {
  readonly name: string;
  /** A text that one returns is shown. */
  readonly cells: Readonly<Record<string, () => Promise<unknown>>>;
  /** Done at the end, however the cells ended. */
  readonly end?: () => Promise<unknown>;
}

/** Runs the cells one after another and returns the table of how they ended; after a failure, a row's rest is left out. */
export async function runTable(title: string, rows: readonly Row[]): Promise<{ text: string; failed: boolean }> {
  const columns = [...new Set(rows.flatMap(({ cells }) => Object.keys(cells)))];
  const table = new Table({ head: [title, ...columns], style: { head: [], border: [] } });
  const failures: string[] = [];
  for (const { name, cells, end } of rows) {
    let failed = false;
    const ended: string[] = [];
    for (const column of columns) {
      const cell = cells[column];
      if (!cell || failed) {
        ended.push("–");
        continue;
      }
      const start = Date.now();
      try {
        console.log(`${title} ${name}: ${column}`);
        const saw = await cell();
        ended.push(`${typeof saw === "string" ? saw : "yes"}, ${Math.round((Date.now() - start) / 1000)} s`);
        console.log(`  ${ended.at(-1)}`);
      } catch (error) {
        failed = true;
        ended.push("NO");
        failures.push(`${name}, ${column}:\n${lastLines((error as Error).message, 40)}`);
      }
    }
    await end?.();
    table.push([name, ...ended]);
  }
  return { text: [table.toString(), ...failures].join("\n\n"), failed: failures.length > 0 };
}
