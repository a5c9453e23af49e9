import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { secretsFile } from "../../stacks/secrets-file";
import { attempt } from "../run";

export interface NeededSecret {
  readonly name: string;
  readonly minLength: number;
}

/** What an environment needs, and the path of the file that has it on this machine. */
export interface NeededSecrets {
  readonly path: string;
  readonly secrets: readonly NeededSecret[];
}

/** The parts of a synthesised stack that are read here. */
interface Stack {
  readonly "//": { readonly secrets?: Record<string, { minLength: number }> };
  readonly resource?: {
    readonly docker_network?: Record<string, { name: string; "//": { metadata: { path: string } } }>;
  };
}

/**
 * Asks the code itself, by synthesising it somewhere else: a list of secrets beside the code would go stale.
 *
 * @throws Error with what the synthesis said when it failed, or with the environments there are
 */
export async function neededSecrets(environment: string): Promise<NeededSecrets> {
  const outdir = mkdtempSync(join(tmpdir(), "portolan-secrets-"));
  try {
    const { exitCode, stderr } = await attempt(process.execPath, ["--import", "tsx", "main.ts"], {
      env: { CDKTF_OUTDIR: outdir },
    });
    if (exitCode !== 0) throw new Error(stderr.trim().replace(/^error: /, ""));

    const { stacks } = JSON.parse(readFileSync(join(outdir, "manifest.json"), "utf8"));
    if (!Object.hasOwn(stacks, environment)) {
      throw new Error(`unknown environment "${environment}"; known: ${Object.keys(stacks).join(", ")}`);
    }
    const json = readFileSync(join(outdir, stacks[environment].synthesizedStackPath), "utf8");
    const stack: Stack = JSON.parse(json);
    return {
      path: secretsFile(systemOf(stack), environment),
      secrets: Object.entries(stack["//"].secrets ?? {}).map(([name, { minLength }]) => ({ name, minLength })),
    };
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

/**
 * Only main.ts knows which system is the default one. Its name is read back from a network's, which is made of it and of
 * the network's path: `chenu-local-db-network` lies at `local/db/network`.
 */
function systemOf({ resource }: Stack): string {
  if (process.env.PORTOLAN_SYSTEM) return process.env.PORTOLAN_SYSTEM;
  for (const { name, "//": comment } of Object.values(resource?.docker_network ?? {})) {
    const path = `-${comment.metadata.path.replace(/\/Resource$/, "").replaceAll("/", "-")}`;
    if (name.endsWith(path)) return name.slice(0, -path.length);
  }
  throw new Error("which system is meant cannot be told from its stack; name it with PORTOLAN_SYSTEM=<system>");
}
