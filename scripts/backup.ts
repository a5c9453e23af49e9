import { Argument, Command, Option } from "commander";
import { type Choice, optionsOf } from "./backups/choice";
import { fromHere, WORKS } from "./backups/from-here";
import { list } from "./backups/list";
import { runProgram } from "./backups/program";
import { show } from "./backups/show";
import { runVerb } from "./backups/verbs";

const program = new Command("npm run backup --")
  .description("The backups of an environment: what there is, and work out of turn")
  .showHelpAfterError('options need a "--" in front of everything; for examples, type: npm run backup -- help')
  .addHelpText(
    "after",
    `
Examples:
  npm run backup -- list production                 every backup of every database
  npm run backup -- list production db --offsite    those of db in the offsite repository
  npm run backup -- show production db --at "2026-11-20 03:00"
                                                    tables and rows of the newest backup not after that time
  npm run backup -- now production                  make one now
  npm run backup -- verify production db            prove that the newest can be restored
  npm run backup -- check production --all          read a repository to its last byte
  npm run backup -- from-here production prune db --keys prune.keys
                                                    let old backups go from a repository that is append-only for the host

A backup has the id of its database in the code. Exit codes are in backup/README.md.`,
  );

program
  .command("list")
  .description("when they were made, how large they are, and whether a restore was proved")
  .argument("<environment>", "like local, staging or production")
  .argument("[name]", "one backup, like db")
  .option("--offsite", "those in the offsite repository")
  .option("--json", "for programs")
  .action(list);

program
  .command("show")
  .description("databases, tables and rows of one backup")
  .argument("<environment>")
  .argument("<name>")
  .option("--at <time>", 'the newest not after it, like "2026-11-20 03:00", in the time zone that list shows')
  .addOption(new Option("--snapshot <id>", "the one that list calls so").conflicts("at"))
  .option("--offsite", "from the offsite repository")
  .option("--alone", "with --at: its newest not after it, whatever the other sources have")
  .action((environment: string, name: string, choice: Choice) => show(environment, name, choice));

for (const [command, verb, description] of [
  ["now", "backup", "make a backup, copy it offsite, let old ones go"],
  ["offsite", "offsite", "copy what the offsite repository lacks"],
] as const) {
  program
    .command(command)
    .description(description)
    .argument("<environment>")
    .argument("[name]")
    .action((environment: string, name?: string) => runVerb(environment, name, verb));
}

program
  .command("verify")
  .description("restore the newest backup into a scratch server and compare every table")
  .argument("<environment>")
  .argument("[name]")
  .option("--at <time>", 'the newest not after it, like "2026-11-20 03:00", in the time zone that list shows')
  .addOption(new Option("--snapshot <id>", "the one that list calls so").conflicts("at"))
  .option("--offsite", "from the offsite repository")
  .action((environment: string, name: string | undefined, choice: Choice) =>
    runVerb(environment, name, "verify", ...optionsOf(choice)),
  );

program
  .command("check")
  .description("see whether the repository is whole, reading the next part of its data")
  .argument("<environment>")
  .argument("[name]")
  .option("--all", "read all of it")
  .option("--offsite", "the offsite repository")
  .action((environment: string, name: string | undefined, { all, offsite }: { all?: boolean } & Choice) =>
    runVerb(environment, name, "check", ...(all ? ["--all"] : []), ...(offsite ? ["--offsite"] : [])),
  );

program
  .command("from-here")
  .description("work on the offsite repository from this machine, with keys that the host does not have")
  .argument("<environment>")
  .addArgument(new Argument("<work>", "what to do").choices(Object.keys(WORKS)))
  .argument("[name]")
  .option(
    "--keys <file>",
    'lines like ACCESS_KEY_ID="…" and SECRET_ACCESS_KEY="…", or USERNAME="…" and HTTP_PASSWORD="…"',
  )
  .option("--repository <address>", "where the environment's repositories are for this machine, or their folder on it")
  .action(fromHere);

runProgram(program);
