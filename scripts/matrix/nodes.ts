import { homedir } from "node:os";
import { join } from "node:path";
import { ensureProvider } from "../setup/provider";
import { OPENTOFU } from "../setup/terraform";
import { BareMachine } from "./bare-machine";
import { built } from "./built";
import { NODES } from "./node-versions";
import type { Row } from "./table";

const TEST_TOOLS = `npx tsx -e 'require("./scripts/setup/test-tools").ensureTestTools(() => undefined)'`;
/** cdktf looks for no other name by itself. */
const OPENTOFU_FOR_CDKTF = "export TERRAFORM_BINARY_NAME=tofu CI=true";
const CDKTF_DEPLOY = "node_modules/.bin/cdktf deploy local --auto-approve --skip-provider-lock";

const PROVIDERS = ".terraform.d/plugins";

/**
 * Every Node from a clean clone, one after another, on one machine that was bare before the first, but for Terraform and its
 * provider: no Node has a hand in building these, which takes longest.
 */
export async function nodes(): Promise<Row[]> {
  const tofu = await built("tofu", OPENTOFU);
  await ensureProvider(tofu, () => undefined);
  const machine = await BareMachine.start("bookworm", {
    "usr/local/bin/tofu": tofu,
    [join("root", PROVIDERS)]: join(homedir(), PROVIDERS),
  });
  const row = (node: string): Row => {
    const quietly = async (line: string) => {
      const { stdout, stderr } = await machine.run(node, line);
      const noise = /\(node:\d+\).*Warning.*/.exec(stdout + stderr);
      if (noise) throw new Error(`Node warns: ${noise[0]}`);
    };
    return {
      name: `Node ${node}, npm ${NODES[node]}`,
      cells: {
        install: async () => {
          await machine.clone();
          await quietly("npm ci --no-audit --no-fund");
        },
        up: () => quietly("npm run up"),
        "cdktf deploy": async () => {
          await quietly("npm run down");
          await machine.run(node, `${OPENTOFU_FOR_CDKTF}; ${CDKTF_DEPLOY}`);
        },
        down: () => quietly("npm run down -- --data --yes local"),
        unit: () => machine.run(node, `${OPENTOFU_FOR_CDKTF}; ${TEST_TOOLS} && npx jest --selectProjects=unit`),
      },
    };
  };
  const rows = Object.keys(NODES).map(row);
  return rows.map((each, i) => (i === rows.length - 1 ? { ...each, end: () => machine.stop() } : each));
}
