import { join } from "node:path";
import { run } from "../scripts/run";

const PROJECT = join(__dirname, "..");
const CPU_TIME = join(__dirname, "cpu-time.cjs");

/** Synthesises the environments of a folder, as cdktf does it (cdktf.json, "app"); returns the CPU time. */
export function synth(environments: string, outdir: string): Promise<number> {
  return runProgram("main.ts", {
    PORTOLAN_SYSTEM: "chenu",
    PORTOLAN_ENVIRONMENTS: environments,
    CDKTF_OUTDIR: outdir,
  });
}

/** Runs a TypeScript program with the loader of a synth; returns the CPU time it took, in seconds. */
export async function runProgram(path: string, env: Record<string, string> = {}): Promise<number> {
  const { stdout } = await run("node", ["--require", CPU_TIME, "--import", "tsx", path], { cwd: PROJECT, env });
  return Number(stdout.trimEnd().split("\n").at(-1));
}
