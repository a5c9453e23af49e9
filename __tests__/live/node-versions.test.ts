import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureNodes, NODES, NODES_FOLDER, programsOf } from "../../scripts/matrix/node-versions";
import { run } from "../../scripts/run";

const PROJECT = join(__dirname, "..", "..");

/** The cheap part of `npm run test:matrix -- nodes`. */
describe("every Node", () => {
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "portolan-nodes-"));
    await ensureNodes();
  }, 300_000);

  afterAll(() => rmSync(folder, { recursive: true }));

  test("cdktf runs on it, and synthesises the same", async () => {
    const stacks: string[] = [];
    for (const node of Object.keys(NODES)) {
      const outdir = join(folder, node);
      const env = {
        CI: "true",
        CHECKPOINT_DISABLE: "1",
        PATH: `${join(NODES_FOLDER, programsOf(node))}:${process.env.PATH}`,
      };
      expect((await run("node", ["--version"], { env })).stdout).toMatch(new RegExp(`^v${node}\\.`));
      await run(join(PROJECT, "node_modules", ".bin", "cdktf"), ["synth", "--output", outdir], { cwd: PROJECT, env });
      stacks.push(readFileSync(join(outdir, "stacks", "local", "cdk.tf.json"), "utf8"));
    }
    expect(new Set(stacks).size).toBe(1);
  }, 300_000);
});
