import { Command, Option } from "commander";
import { runProgram } from "./backups/program";
import { restore } from "./backups/restore";

const program = new Command("npm run restore --")
  .description("Bring a backup back: as files, beside the database, or in its place")
  .argument("<environment>", "like local, staging or production")
  .argument("<name>", "which backup, like db")
  .option("--to-file <folder>", "its dumps, as files on this machine")
  .option("--to-database <new>", "into a new database beside the others (SQLite and files: a new path)")
  .option("--in-place", "in the place of what is there; asks first, and keeps what was there under another name")
  .option("--at <time>", 'the newest round not after it, like "2026-11-20 03:00", in the time zone that list shows')
  .option("--alone", "with --at: this one's newest not after it, whatever the other sources have")
  .addOption(new Option("--snapshot <id>", "the backup that list calls so").conflicts("at"))
  .option("--offsite", "from the offsite repository")
  .option("--database <name>", "which database, where a server has several")
  .option("--yes <environment>", "the name that would be asked for")
  .option("--no-safety-backup", "in place: don't back up what is there first, because it is lost or broken")
  .option("--status", "where a restore in place is")
  .option("--resume", "go on with one that was interrupted, at whatever point")
  .option("--abort", "give up one that has replaced nothing yet")
  .option("--swap-back", "the wrong backup was restored: exchange it for the data from before again")
  .option("--drop-old", "remove what was there before a restore in place")
  .showHelpAfterError('options need a "--" in front of everything; for examples, type: npm run restore -- --help')
  .addHelpText(
    "after",
    `
Examples:
  npm run restore -- production db --to-database app_copy --at "2026-11-20 03:00"
                                                    look at old data beside the new
  npm run restore -- production db --in-place       the newest backup in the database's place
  npm run restore -- production db --resume         after an interruption
  npm run restore -- production db --to-file dumps  for other tools

npm run runbook -- production writes down what to do in which case.`,
  )
  .action(restore);

runProgram(program);
