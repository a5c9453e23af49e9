import { prints, sh, steps, text } from "./markdown";
import type { NamedBackup, Place } from "./place";

/** A time to go back to. */
export const AT = 'AT="2026-11-20 03:05"';

/** Variables at the top of a block that restores: which database, where a server has several. */
export function databaseVariable({ databases, engine }: NamedBackup): { lines: string[]; option: string[] } {
  if (engine === "files" || databases.length === 1) return { lines: [], option: [] };
  return { lines: [`DATABASE=${databases[0]}`], option: ["--database", '"$DATABASE"'] };
}

export function wholeDatabases(place: Place): string | undefined {
  const databases = place.backups.filter(({ engine }) => engine !== "files");
  if (databases.length === 0) return undefined;
  return text("## Whole database", ...databases.map((backup) => inPlace(place, backup, databases.length > 1)));
}

export function allFiles(place: Place): string | undefined {
  const files = place.backups.filter(({ engine }) => engine === "files");
  if (files.length === 0) return undefined;
  return text(
    "## Files restored",
    ...files.map((backup) => text(someFiles(place, backup), inPlace(place, backup, true))),
  );
}

function inPlace(place: Place, backup: NamedBackup, titled: boolean): string {
  const { lines, option } = databaseVariable(backup);
  const writers = backup.writers.map((path) => `\`${path}\``).join(", ");
  return text(
    titled && `### All of ${backup.id}`,
    `All of it goes back to one moment; what was written since is lost to the application. ${
      writers ? `${writers} is stopped meanwhile: for seconds, plus a backup of what is there now.` : ""
    }`,
    steps(
      text(
        "Start it. It says which backup it takes and what it will replace, and asks for the environment's name before it does anything:",
        sh(AT, ...lines, place.restore(backup, "--in-place", '--at "$AT"', ...option)),
        "It has worked when you see this:",
        prints(
          `Restored ${backup.engine === "files" ? backup.id : backup.databases[0]}: 52,118 ${backup.engine === "files" ? "files in 1 folder" : "rows in 14 tables"}, 48.1 MB`,
          "from     2026-11-20 03:00:01 …",
          "took     41 seconds",
          "The data from before is still there, as …",
        ),
      ),
      text(
        "**It was interrupted, or ended with an error?** Nothing is lost. Read its last lines, then go on from where it was:",
        sh(...lines, place.restore(backup, "--resume", ...option)),
        `If it says that what is there now could not be backed up, and that is lost or broken anyway: \`${place.restore(backup, "--resume", "--no-safety-backup")}\`. To give up instead, as long as nothing was exchanged: \`${place.restore(backup, "--abort")}\`.`,
      ),
      "Look at the application: are the data there that you expect?",
      text(
        "Only when nobody misses anything, tomorrow perhaps, remove what was there before. It asks for the environment's name again:",
        sh(...lines, place.restore(backup, "--drop-old", ...option)),
      ),
    ),
  );
}

function someFiles(place: Place, backup: NamedBackup): string {
  const [folder = "/data"] = backup.databases;
  return text(
    `### Some files of ${backup.id}`,
    steps(
      text(
        "Bring the backup to this machine, into a new folder:",
        sh(
          AT,
          "FOLDER=restored-files",
          place.restore(backup, '--to-file "$FOLDER"', '--at "$AT"', ...place.alone(backup)),
        ),
      ),
      text(
        "Put one file, or one folder, back to where it was:",
        sh(
          "FOLDER=restored-files",
          "FILE=report.pdf",
          ...place.dockerHost,
          `IMAGE=$(docker inspect --format '{{.Image}}' ${backup.container})`,
          `OWNER=$(docker inspect --format '{{.Config.User}}' ${backup.container})`,
          `tar --create --file - --directory "$FOLDER${folder}" "$FILE" |`,
          `  docker run --rm --interactive --network none --user "$OWNER" --volume ${backup.dataVolume}:${folder} "$IMAGE" \\`,
          `    tar --extract --file - --verbose --no-same-owner --directory ${folder}`,
        ),
        "It prints the name of each file that is back.",
      ),
      text("Remove the folder from this machine:", sh("FOLDER=restored-files", 'rm -r "$FOLDER"')),
    ),
  );
}
