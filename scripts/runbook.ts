import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Command } from "commander";
import { runProgram } from "./backups/program";
import { runbook } from "./runbook/runbook";
import { withStack } from "./synthesised-stack";

async function write(environment: string, { output }: { output?: string }): Promise<void> {
  await withStack(environment, (stack) => {
    const text = runbook(stack);
    if (output === "-") {
      process.stdout.write(text);
      return;
    }
    const file = output ?? join("docs", "runbooks", `${stack.system}-${environment}.md`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    console.log(file);
  });
}

runProgram(
  new Command("npm run runbook --")
    .description("Write down what to do when data is lost, with an environment's own names")
    .argument("<environment>", "like local, staging or production")
    .option("--output <file>", '"-" for standard output (default: docs/runbooks/<system>-<environment>.md)')
    .showHelpAfterError('options need a "--" in front of everything; for examples, type: npm run runbook -- --help')
    .addHelpText(
      "after",
      `
Examples:
  npm run runbook -- production             docs/runbooks/<system>-production.md
  npm run runbook -- production --output -  on the screen`,
    )
    .action(write),
);
