import type { Suite } from "../setup/machines/root-file-system";
import { BareMachine } from "./bare-machine";
import type { Row } from "./table";

const NODE = "24";
const RELEASES: Readonly<Record<string, Suite>> = { "Debian 12": "bookworm", "Debian forky": "forky" };

/** Machines with git and Node, on which everything else is still to be installed. */
export async function machines(): Promise<Row[]> {
  return Object.entries(RELEASES).map(([name, suite]) => {
    let machine: BareMachine;
    return {
      name: `bare ${name}`,
      cells: {
        clone: async () => {
          machine = await BareMachine.start(suite);
          await machine.clone();
        },
        "npm run up": async () => {
          const { stdout } = await machine.run(NODE, "npm run up");
          console.log(stdout);
        },
        "again: no changes": async () => {
          const { stdout } = await machine.run(NODE, "npm run up");
          if (!stdout.includes("no changes")) throw new Error(stdout);
        },
      },
      end: async () => machine?.stop(),
    };
  });
}
