import type { Command, Option } from "commander";
import { heedInterruption, interruption } from "../interruption";
import { VerbFailed } from "./backup-container";

/** What Docker, or ssh, says by an exit code of its own. */
const MEANINGS: Readonly<Record<number, string>> = {
  125: "Docker could not start it",
  137: "it was killed, perhaps because it needed more memory than it may have",
  255: "the connection was lost; what was begun goes on over there",
};

/** Options of npm's own, which its configuration may set. */
const NPM_HAS_TOO = ["--json", "--yes"];

/** Runs a command line. A verb's exit code becomes this process's; every other failure is one message. */
export async function runProgram(program: Command): Promise<void> {
  heedInterruption();
  try {
    refuseSwallowedOptions(program);
    await program.parseAsync();
  } catch (error) {
    process.exitCode = 1;
    if (interruption.aborted) {
      process.exitCode = 130;
      console.error("interrupted");
    } else if (error instanceof VerbFailed) {
      process.exitCode = error.exitCode;
      const meaning = MEANINGS[error.exitCode];
      if (meaning) console.error(`error: ${meaning}`);
    } else {
      console.error(`error: ${(error as Error).message}`);
    }
  }
}

/**
 * Without a "--" in front, npm takes options for its own, and says so in variables only. What it leaves could mean
 * something else, like a restore of the newest backup instead of last night's.
 */
function refuseSwallowedOptions(program: Command): void {
  const swallowed = [program, ...program.commands]
    .flatMap(({ options }) => options)
    .filter((option) => !NPM_HAS_TOO.includes(flagOf(option)))
    .filter((option) => process.env[variableOf(option)] !== undefined && !process.argv.includes(flagOf(option)));
  if (swallowed.length === 0) return;
  const flags = [...new Set(swallowed.map(flagOf))].join(", ");
  throw new Error(`npm took ${flags} for itself; put "--" in front of everything: ${program.name()} …`);
}

function flagOf(option: Option): string {
  return option.long ?? option.flags;
}

function variableOf(option: Option): string {
  return `npm_config_${flagOf(option)
    .replace(/^--(no-)?/, "")
    .replaceAll("-", "_")}`;
}

/** A command to type, for the system that this one was about. */
export function npmRun(...words: string[]): string {
  const [script, ...rest] = words;
  const system = process.env.PORTOLAN_SYSTEM;
  return [...(system ? [`PORTOLAN_SYSTEM=${system}`] : []), "npm run", script, "--", ...rest].join(" ");
}
