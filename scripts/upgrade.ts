import { Command, Option } from "commander";
import { runProgram } from "./backups/program";
import { upgrade } from "./upgrade/upgrade";

const program = new Command("npm run upgrade --")
  .description("Bring a database's data to the series of its server that the code says now, like PostgreSQL 17 to 18")
  .argument("<environment>", "like local, staging or production")
  .argument("<name>", "which database, like db")
  .addOption(new Option("--back", "to the old series and its data again, once the code says it").conflicts("dropOld"))
  .option("--drop-old", "remove the data that an upgrade has put aside; asks first")
  .option("--yes <environment>", "the name that would be asked for")
  .showHelpAfterError('options need a "--" in front of everything; for examples, type: npm run upgrade -- --help')
  .addHelpText(
    "after",
    `
Examples:
  npm run upgrade -- staging db             after the version was changed in the code; again, after an interruption
  npm run upgrade -- staging db --back      after it was changed back: the old data as they were
  npm run upgrade -- staging db --drop-old  when nobody needs the old data any more

It stops the applications that write the data from the first backup to the end. docs/upgrades.md says what it does.`,
  )
  .action(upgrade);

runProgram(program);
