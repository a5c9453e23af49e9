import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { attempt, type Finished, run } from "../../../scripts/run";
import type { Deployment } from "../deployment";

const PROJECT = join(__dirname, "..", "..", "..");
const TSX = join(PROJECT, "node_modules", ".bin", "tsx");

/** Somebody who types the operator's commands for one deployment. */
export class Operator {
  constructor(readonly deployment: Deployment) {}

  /** Deploys without cdktf's command line, and without being asked. */
  deploy(): Promise<Finished> {
    const { name } = this.deployment;
    return this.type("deploy", [name, "--yes", name]);
  }

  backup(...words: string[]): Promise<Finished> {
    return this.type("backup", words);
  }

  restore(...words: string[]): Promise<Finished> {
    return this.restoreOf("db", ...words);
  }

  host(...words: string[]): Promise<Finished> {
    return this.type("host", words);
  }

  restoreOf(name: string, ...words: string[]): Promise<Finished> {
    return this.type("restore", [this.deployment.name, name, ...words]);
  }

  upgrade(name: string, ...words: string[]): Promise<Finished> {
    const environment = this.deployment.name;
    return this.type("upgrade", [environment, name, "--yes", environment, ...words]);
  }

  secrets(...words: string[]): Promise<Finished> {
    return this.type("secrets", words);
  }

  /** A command that has to end well; returns what it printed. */
  async ok(finished: Promise<Finished>): Promise<string> {
    const { exitCode, stdout, stderr } = await finished;
    if (exitCode !== 0) throw new Error(`exit code ${exitCode}\n${stderr}`);
    return stdout;
  }

  /** Starts a restore and does something about its process as soon as it says a word; returns all it says. */
  async interrupted(word: RegExp, how: (child: ChildProcess) => unknown, ...words: string[]): Promise<string> {
    return this.interruptedCommand("restore", word, how, this.deployment.name, "db", ...words);
  }

  /** The same with another command than a restore. */
  async interruptedCommand(
    script: string,
    word: RegExp,
    how: (child: ChildProcess) => unknown,
    ...words: string[]
  ): Promise<string> {
    const args = ["--import", "tsx", join("scripts", `${script}.ts`), ...words];
    // Without npm and tsx in between, the signal reaches the command itself.
    const child = spawn(process.execPath, args, { cwd: this.deployment.project, env: this.deployment.processEnv });
    return said(child, word, () => how(child));
  }

  /**
   * Runs a block of the runbook as somebody would who pastes it and confirms; `variables` replaces those at its top.
   *
   * @param env added to the shell's environment
   */
  async paste(
    block: string,
    variables: Record<string, string> = {},
    env: Record<string, string> = {},
  ): Promise<Finished> {
    const script = Object.entries(variables).reduce((text, [name, value]) => {
      const line = new RegExp(`^${name}=.*$`, "m");
      if (!line.test(text)) throw new Error(`the block has no variable ${name}:\n${text}`);
      return text.replace(line, () => `${name}=${JSON.stringify(value)}`);
    }, block);
    const { name, processEnv } = this.deployment;
    const finished = await attempt("bash", ["-ec", script], {
      cwd: PROJECT,
      input: `${name}\n`,
      env: { ...(processEnv as Record<string, string>), ...env },
    });
    if (finished.exitCode !== 0) {
      throw new Error(`${script}\nended with ${finished.exitCode}\n${finished.stdout}\n${finished.stderr}`);
    }
    return finished;
  }

  /** The blocks of a section of the runbook, by its heading. */
  async runbook(heading: string): Promise<string[]> {
    const { stdout } = await run(TSX, ["scripts/runbook.ts", this.deployment.name, "--output", "-"], {
      cwd: PROJECT,
      env: this.deployment.processEnv as Record<string, string>,
    });
    const level = heading.split(" ")[0]?.length ?? 0;
    const [, section] = stdout.split(new RegExp(`^${heading}$`, "m"));
    if (section === undefined) throw new Error(`the runbook has no section "${heading}"`);
    const [own = ""] = section.split(new RegExp(`^#{2,${level}} `, "m"));
    return [...own.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block]) => block as string);
  }

  /** Runs SQL in the database, as its administrator. */
  async sql(statement: string, database = "chenu"): Promise<string> {
    const psql = ["psql", "-XAt", "-v", "ON_ERROR_STOP=1", "-U", "postgres", "-d", database, "-c", statement];
    return (await this.deployment.place.docker("exec", `${this.deployment.prefix}-db`, ...psql)).stdout.trim();
  }

  private type(script: string, words: readonly string[]): Promise<Finished> {
    return this.deployment.attempt(TSX, [join("scripts", `${script}.ts`), ...words]);
  }
}

/** Everything a process says until it ends; `then` is done at the first match. */
function said(child: ChildProcess, word: RegExp, then: () => unknown): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    let done = false;
    const hear = (chunk: Buffer) => {
      text += chunk;
      if (done || !word.test(text)) return;
      done = true;
      then();
    };
    child.stdout?.on("data", hear);
    child.stderr?.on("data", hear);
    child.on("close", () => (done ? resolve(text) : reject(new Error(`it never said ${word}:\n${text}`))));
  });
}
