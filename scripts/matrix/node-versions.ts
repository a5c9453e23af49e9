import { existsSync } from "node:fs";
import { join } from "node:path";
import { run } from "../run";
import { CACHE } from "../setup/cache";

/** Each Node that package.json allows, with the npm that comes with it. */
export const NODES: Readonly<Record<string, string>> = { "22": "10", "24": "11", "26": "11" };

/** Where the Nodes are, each in a folder of its version's name. */
export const NODES_FOLDER = join(CACHE, "nodes");

/** Folder of the programs of a Node and its npm, below the folder of all. */
export function programsOf(node: string): string {
  return join(node, "node_modules", ".bin");
}

/** Sees to every Node, from npm's packages. */
export async function ensureNodes(): Promise<void> {
  for (const [node, npm] of Object.entries(NODES)) {
    const folder = join(NODES_FOLDER, node);
    if (existsSync(join(folder, "node_modules", ".bin", "npm"))) continue;
    const quiet = ["--no-save", "--no-audit", "--no-fund", "--loglevel=error"];
    // The script of the package is what fetches its Node.
    const install = ["install", "--ignore-scripts=false", "--prefix", folder, ...quiet, `node@${node}`, `npm@${npm}`];
    await run("npm", install);
  }
}
