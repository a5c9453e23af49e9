import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import type { BackupDescription } from "./backups/description";
import { attempt } from "./run";
import type { NeededSecret } from "./secrets/needed-secrets";
import { findTerraform } from "./terraform/binary";

export interface ContainerJson {
  readonly name: string;
  readonly labels?: readonly { label: string; value: string }[];
  readonly ports?: readonly { external: number; ip: string }[];
  readonly upload?: readonly { file: string; content: string }[];
}

/** The images that others build. */
export interface ImagesDescription {
  /** File with their digests. */
  readonly lock: string;
  /** What the environment pulls them from, if it isn't their own registry. */
  readonly registry?: string;
  /** By name and tag. */
  readonly references: readonly string[];
}

/** How an image is built; paths are relative to the stack's folder, and to the context. */
export interface Build {
  readonly context: string;
  readonly dockerfile?: string;
  readonly build_args?: Readonly<Record<string, string>>;
}

/** The parts of a synthesised stack that commands read. */
interface StackJson {
  readonly "//": {
    readonly secrets?: Record<string, Omit<NeededSecret, "name">>;
    readonly backups?: Record<string, BackupDescription>;
    readonly images?: ImagesDescription;
    /** What series of a server the code says, and what in Terraform's state remembers it. */
    readonly series?: Readonly<Record<string, { readonly series: string; readonly resource: string }>>;
  };
  readonly provider?: {
    readonly docker?: readonly {
      readonly host?: string;
      readonly ssh_opts?: readonly string[];
      readonly registry_auth?: readonly { readonly address: string }[];
    }[];
  };
  readonly data?: {
    readonly docker_registry_image?: Record<string, { name: string }>;
  };
  readonly resource?: {
    readonly docker_image?: Record<string, { name: string; build?: Build }>;
    readonly docker_network?: Record<string, { name: string; "//": { metadata: { path: string } } }>;
    readonly docker_volume?: Record<string, { name?: string; for_each?: Record<string, string> }>;
    readonly docker_container?: Record<string, ContainerJson>;
    readonly terraform_data?: { readonly owner?: { readonly input: { environment: string; name: string } } };
  };
}

/** An environment's stack, as the code describes it now. */
export class SynthesisedStack {
  readonly json: StackJson;

  constructor(
    readonly environment: string,
    /** What the stack names relative to itself is found from here. */
    readonly folder: string,
    file: string,
  ) {
    this.json = JSON.parse(readFileSync(file, "utf8"));
  }

  get images(): ImagesDescription {
    return this.json["//"].images ?? { lock: "images.lock.json", references: [] };
  }

  /**
   * Only main.ts knows which system is the default one. Its name is read back from a network's, which is made of it and
   * of the network's path: `chenu-local-db-network` lies at `local/db/network`.
   */
  get system(): string {
    if (process.env.PORTOLAN_SYSTEM) return process.env.PORTOLAN_SYSTEM;
    for (const { name, "//": comment } of Object.values(this.json.resource?.docker_network ?? {})) {
      const path = `-${comment.metadata.path.replace(/\/Resource$/, "").replaceAll("/", "-")}`;
      if (name.endsWith(path)) return name.slice(0, -path.length);
    }
    throw new Error("which system is meant cannot be told from its stack; name it with PORTOLAN_SYSTEM=<system>");
  }
}

/**
 * Synthesises where a deploy works, as `cdktf` does: beside the working files of earlier deploys.
 *
 * @throws Error with what the synthesis said when it failed, or with the environments there are
 */
export function synthesise(environment: string): Promise<SynthesisedStack> {
  return synthesiseTo(resolve(process.env.CDKTF_OUTDIR ?? "cdktf.out"), environment);
}

/**
 * Asks the code itself, by synthesising it somewhere else: what is beside the code would go stale. The files are there
 * until `use` has ended.
 *
 * @throws Error with what the synthesis said when it failed, or with the environments there are
 */
export function withStack<T>(environment: string, use: (stack: SynthesisedStack) => T | Promise<T>): Promise<T> {
  return elsewhere(async (outdir) => use(await synthesiseTo(outdir, environment)));
}

/** Every environment of the system, as the code describes it now. Their files are gone. */
export function synthesiseAll(): Promise<SynthesisedStack[]> {
  return elsewhere(async (outdir) => {
    const stacks = await stacksIn(outdir);
    return Object.keys(stacks).map((environment) => stackOf(outdir, stacks, environment));
  });
}

async function elsewhere<T>(use: (outdir: string) => Promise<T>): Promise<T> {
  const outdir = mkdtempSync(join(tmpdir(), "portolan-synth-"));
  try {
    return await use(outdir);
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

type Stacks = Readonly<Record<string, { readonly synthesizedStackPath: string }>>;

async function synthesiseTo(outdir: string, environment: string): Promise<SynthesisedStack> {
  const stacks = await stacksIn(outdir);
  if (Object.hasOwn(stacks, environment)) return stackOf(outdir, stacks, environment);
  throw new Error(`unknown environment "${environment}"; known: ${Object.keys(stacks).join(", ")}`);
}

async function stacksIn(outdir: string): Promise<Stacks> {
  const { exitCode, stderr } = await attempt(process.execPath, ["--import", "tsx", "main.ts"], {
    env: { CDKTF_OUTDIR: outdir, ...(await namedTerraform()) },
  });
  if (exitCode !== 0) throw new Error(stderr.trim().replace(/^error: /, ""));

  return JSON.parse(readFileSync(join(outdir, "manifest.json"), "utf8")).stacks;
}

/**
 * cdktf's checks of a stack ask the Terraform that is named to them for its version, by default `terraform`. One that is too
 * old is for a deploy to refuse: at three in the morning a restore does without any.
 */
async function namedTerraform(): Promise<Record<string, string>> {
  const binary = await findTerraform().catch(() => undefined);
  return binary ? { TERRAFORM_BINARY_NAME: binary } : {};
}

function stackOf(outdir: string, stacks: Stacks, environment: string): SynthesisedStack {
  const file = join(outdir, stacks[environment]?.synthesizedStackPath ?? "");
  return new SynthesisedStack(environment, dirname(file), file);
}
