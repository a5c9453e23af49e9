import { Command } from "commander";
import { onHost } from "./host/on-host";

const program = new Command("npm run host --")
  .description("The machine of an environment: what it needs beside what a deploy puts there")
  .showHelpAfterError("for examples, type: npm run host -- help")
  .addHelpText(
    "after",
    `
Examples:
  npm run host -- check production      a line for each piece, with what to type; changes nothing
  npm run host -- prepare production    installs and configures what is missing; again, it changes nothing

It needs Debian 12, Ubuntu 22.04 or newer, and to prepare, root or sudo without a password.`,
  );

program
  .command("check")
  .description("fail when the machine lacks something")
  .argument("<environment>", "like local, staging or production")
  .action((environment) => onHost("check", environment));

program
  .command("prepare")
  .description("see to what the machine lacks")
  .argument("<environment>", "like local, staging or production")
  .action((environment) => onHost("prepare", environment));

program.parseAsync().catch((error: Error) => {
  console.error(`error: ${error.message}`);
  process.exitCode = 1;
});
