import { Command } from "commander";
import { runProgram } from "./backups/program";
import { deploy } from "./deploy/deploy";

const program = new Command("npm run deploy --")
  .description("Bring an environment to what the code says, after a look at its host and a word from you")
  .showHelpAfterError('options need a "--" in front of everything; for examples, type: npm run deploy -- --help')
  .argument("<environment>", "like local, staging or production")
  .option("--yes <environment>", "the name that would be asked for before anything changes")
  .addHelpText(
    "after",
    `
Examples:
  npm run deploy -- staging                  shows what will change, and asks
  npm run deploy -- staging --yes staging    asks nothing, for a CI runner

It does what \`cdktf deploy staging\` does, without cdktf's command line; either may follow the other.`,
  )
  .action(deploy);

runProgram(program);
