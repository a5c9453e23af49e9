import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { run } from "../run";
import { ensureToolchain, GO_VERSION } from "./go-toolchain";
import type { Report } from "./setup-error";
import { atLeast, parseVersion, type Version } from "./version";

/** From this one on, Go fetches the toolchain it is told to build with by itself. */
const OLDEST: Version = [1, 21, 0];

/** A program that can be had as the source of a Go module. */
export interface GoProgram {
  readonly module: string;
  readonly version: string;
  /** The Go that the module's own go.mod asks for. */
  readonly go: string;
  /** Where the module's go.mod puts one module in place of another; only the main module's word counts. */
  readonly replace?: Readonly<Record<string, string>>;
  /** Files beside the go.mod, which replacements may name. */
  readonly files?: Readonly<Record<string, string>>;
  /** Folder of the program inside the module. */
  readonly folder?: string;
  /** Build tags. */
  readonly tags?: readonly string[];
  /** Variables set at link time, as `path.name=value`. */
  readonly variables: readonly string[];
}

/** Finds a Go that can build anything, or fetches one; returns its path. */
export async function ensureGo(report: Report): Promise<string> {
  return (await findGo(["go", "/usr/local/go/bin/go"])) ?? ensureToolchain(report);
}

/** Builds a program from its Go module, which Go checks against the public checksum database. */
export async function buildGoProgram(program: GoProgram, output: string, report: Report): Promise<void> {
  const go = await ensureGo(report);
  const folder = await mkdtemp(join(tmpdir(), "portolan-go-"));
  try {
    await writeSource(program, folder);
    const tags = program.tags ? ["-tags", program.tags.join(",")] : [];
    const flags = ["-mod=mod", "-trimpath", ...tags, "-ldflags", linkerFlags(program)];
    const path = [program.module, program.folder].filter(Boolean).join("/");
    await run(go, ["build", ...flags, "-o", output, path], {
      cwd: folder,
      env: { GOTOOLCHAIN: `go${GO_VERSION}`, CGO_ENABLED: "0", GOFLAGS: "", GOWORK: "off" },
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function writeSource(program: GoProgram, folder: string): Promise<void> {
  for (const [name, content] of Object.entries({ ...program.files, "go.mod": goMod(program) })) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
}

/** A module that does nothing but ask for the program, in the versions the program's own go.mod would choose. */
export function goMod({ module, version, go, replace = {} }: GoProgram): string {
  const replacements = Object.entries(replace).map(([from, to]) => `replace ${from} => ${to}\n`);
  return `module portolan/setup\n\ngo ${go}\n\nrequire ${module} ${version}\n\n${replacements.join("")}`;
}

function linkerFlags({ variables }: GoProgram): string {
  return ["-s", "-w", ...variables.map((variable) => `-X ${variable}`)].join(" ");
}

async function findGo(candidates: readonly string[]): Promise<string | undefined> {
  for (const candidate of candidates) {
    if (candidate.startsWith("/") && !existsSync(candidate)) continue;
    const said = await run(candidate, ["version"], { env: { GOTOOLCHAIN: "local" } }).catch(() => undefined);
    const version = said && parseVersion(said.stdout);
    if (version && atLeast(version, OLDEST)) return candidate;
  }
  return undefined;
}
