import { Command, InvalidArgumentError } from "commander";
import { runProgram } from "./backups/program";
import { check } from "./images/check";
import { update } from "./images/update";

const environment = ["--environment <name>", "only what this environment is locked to"] as const;

const program = new Command("npm run images --")
  .description("The images that others build: which very ones every host runs (docs/images.md)")
  .showHelpAfterError('options need a "--" in front of everything; for examples, type: npm run images -- help')
  .addHelpText(
    "after",
    `
Examples:
  npm run images -- update               lock what every tag means now, and say what changed
  npm run images -- update nginx         nginx alone; a deploy brings it to the hosts
  npm run images -- check --days 30      fail when an image is not locked, has a newer one, or is older than 30 days`,
  );

program
  .command("update")
  .description("lock what tags mean now, and say what changed")
  .argument("[names...]", "images, like nginx or nginx:1.30; all by default")
  .option(...environment)
  .action((names, options) => update({ names, ...options }));

program
  .command("check")
  .description("fail when an image is not locked, its tag has moved, or it is old")
  .argument("[names...]", "images, like nginx or nginx:1.30; all by default")
  .option("--days <number>", "most days since it was built", wholeNumber, 90)
  .option(...environment)
  .action((names, options) => check({ names, ...options }));

function wholeNumber(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError("It must be a whole number of at least 1.");
  return Number(text);
}

runProgram(program);
