import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { attempt } from "../../scripts/run";
import { COPIES, SYSTEMS } from "../systems";

const PROJECT = join(__dirname, "..", "..");

/** Synthesises a system the way cdktf does, in a process of its own. Returns each environment's JSON. */
async function synthesise(system: string, ...node: string[]): Promise<Record<string, Record<string, unknown>>> {
  const folder = mkdtempSync(join(tmpdir(), "portolan-"));
  try {
    mkdirSync(join(folder, "out"));
    const { stderr, exitCode } = await attempt("node", [...node, "--import", "tsx", "main.ts"], {
      cwd: PROJECT,
      env: { PORTOLAN_SYSTEM: system, CDKTF_OUTDIR: join(folder, "out") },
    });
    expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: 0 });
    const environments = COPIES.filter((copy) => copy.system === system).map(({ environment }) => environment);
    return Object.fromEntries(
      environments.map((environment) => [
        environment,
        JSON.parse(
          readFileSync(join(folder, "out", "stacks", environment, "cdk.tf.json"), "utf8").replaceAll(
            basename(folder),
            "",
          ),
        ),
      ]),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function versionOf(json: Record<string, unknown> | undefined): unknown {
  return (json?.["//"] as { metadata: { version: string } } | undefined)?.metadata.version;
}

test.each(Object.keys(SYSTEMS))(
  "%s is the same with cdktn in the place of cdktf",
  async (system) => {
    const [cdktf, cdktn] = await Promise.all([
      synthesise(system),
      synthesise(system, "--require", join(__dirname, "cdktn.cjs")),
    ]);
    for (const [environment, json] of Object.entries(cdktf)) {
      const other = cdktn[environment];
      // Otherwise the two would be one library, and the comparison would say nothing.
      expect([versionOf(json), versionOf(other)]).toEqual(["0.21.0", "0.24.0"]);
      // "//" is Terraform's comment; the library's version is in it.
      expect({ ...other, "//": undefined }).toEqual({ ...json, "//": undefined });
    }
  },
  60_000,
);
