import { Command } from "commander";
import { check } from "./secrets/check";
import { generate } from "./secrets/generate";

const program = new Command("npm run secrets --")
  .description("The secrets of an environment, which this machine keeps in .env.<system>.<environment>")
  .showHelpAfterError("for examples, type: npm run secrets -- help")
  .addHelpText(
    "after",
    `
Examples:
  npm run secrets -- generate staging            make what is missing; what is there stays as it is
  npm run secrets -- generate staging --dry-run  only say what would be made
  npm run secrets -- check production            what is set, missing or wrong, and where it comes from
  PORTOLAN_SYSTEM=shop npm run secrets -- check production
                                                 the same for another system than the first in main.ts

No command prints a value.`,
  );

program
  .command("generate")
  .description("put random values for missing secrets into the file")
  .argument("<environment>", "like local, staging or production")
  .option("--dry-run", "write nothing, say what would be generated")
  // Without the "--" in front, npm takes the option for its own and says so in this variable only.
  .action((environment, { dryRun }) => generate(environment, dryRun || process.env.npm_config_dry_run === "true"));

program
  .command("check")
  .description("fail when a secret is missing or wrong")
  .argument("<environment>", "like local, staging or production")
  .action((environment) => check(environment));

program.parseAsync().catch((error: Error) => {
  console.error(`error: ${error.message}`);
  process.exitCode = 1;
});
