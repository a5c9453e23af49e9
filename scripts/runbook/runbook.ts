import { backupsOf } from "../backups/description";
import type { SynthesisedStack } from "../synthesised-stack";
import { beforeYouStart, whatAndWhen, which } from "./before";
import { leakedCredentials } from "./leaked";
import { lostHost } from "./lost-host";
import { lostVolume } from "./lost-volume";
import { text } from "./markdown";
import { oneTable } from "./one-table";
import { Place } from "./place";
import { corruptedRepository, forgottenPassword } from "./repository";
import { takenOver } from "./taken-over";
import { allFiles, wholeDatabases } from "./whole";

/** What to do at three in the morning, with the environment's own names, as Markdown. */
export function runbook(stack: SynthesisedStack): string {
  const backups = backupsOf(stack).map(([id, backup]) => ({ id, ...backup }));
  const place = new Place(stack, backups);
  const { system, environment } = place;
  return `${text(
    `# Runbook: data of ${system}, ${environment}`,
    `Written by \`${place.npm("runbook", environment)}\`. Write it again when the code has changed, and keep a copy where you can read it without the host.`,
    "All commands are typed in this project's folder. Variables at the top of a block are yours to change; the rest is right as it is. Do one step, see that it worked, then do the next.",
    which(place),
    whatAndWhen(place),
    beforeYouStart(place),
    oneTable(place),
    wholeDatabases(place),
    allFiles(place),
    lostVolume(place),
    lostHost(place),
    corruptedRepository(place),
    leakedCredentials(place),
    takenOver(place),
    forgottenPassword(place),
  )}\n`;
}
