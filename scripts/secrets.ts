import { Command, Option } from "commander";
import { VerbFailed } from "./backups/backup-container";
import { check } from "./secrets/check";
import { generate } from "./secrets/generate";
import { recoveryKey } from "./secrets/recovery-key";
import { rotate } from "./secrets/rotate";

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
  npm run secrets -- rotate production db        a new password for the repositories of db
  npm run secrets -- recovery-key production --file recovery-key.txt
                                                 a key for the day when every password is lost

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

program
  .command("rotate")
  .description("change the password of a database's backups; may be interrupted and typed again")
  .argument("<environment>")
  .argument("[name]", "one backup, like db")
  .option("--finish", "after the deploy: take the old password away, once the new one is proved")
  .addOption(
    new Option("--recovery-key <file>", "open the repositories with it, where no password does").conflicts("finish"),
  )
  .addOption(
    new Option("--lost", "make a new password although nothing opens the repositories").conflicts([
      "finish",
      "recoveryKey",
    ]),
  )
  .option("--yes <environment>", "confirm --lost")
  .action(rotate);

program
  .command("recovery-key")
  .description("let one more password open every backup, to be kept offline")
  .argument("<environment>")
  .argument("[name]", "one backup, like db")
  .requiredOption("--file <path>", "where it is written to; read, if it is there")
  .action((environment: string, name: string | undefined, { file }: { file: string }) =>
    recoveryKey(environment, name, file),
  );

program.parseAsync().catch((error: Error) => {
  console.error(`error: ${error.message}`);
  process.exitCode = error instanceof VerbFailed ? error.exitCode : 1;
});
