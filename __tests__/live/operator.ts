import { join } from "node:path";
import { attempt, type Finished } from "../../scripts/run";
import type { Deployment } from "./deployment";

const PROJECT = join(__dirname, "..", "..");

/** An operator's command about a deployed environment, like `npm run backup -- now production`. */
export function operate(
  { system, folder }: Deployment,
  command: "backup" | "restore",
  ...words: string[]
): Promise<Finished> {
  return attempt(process.execPath, ["--import", "tsx", `scripts/${command}.ts`, ...words], {
    cwd: PROJECT,
    env: { PORTOLAN_SYSTEM: system, PORTOLAN_ENVIRONMENTS: join(folder, "environments") },
  });
}
