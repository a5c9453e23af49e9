import { table as columns } from "../backups/table";
import { prints, sh, steps, table, text } from "./markdown";
import type { NamedBackup, Place } from "./place";

/** Where each kind of trouble is dealt with. */
export function which(place: Place): string {
  const databases = place.backups.some(({ engine }) => engine !== "files");
  return text(
    "## Which section?",
    table(
      ["What has happened", "Go to"],
      [
        ...(databases ? [["rows are gone or wrong, in one table", "[One table restored](#one-table-restored)"]] : []),
        ...(databases ? [["a whole database is wrong", "[Whole database](#whole-database)"]] : []),
        ...(place.backups.some(({ engine }) => engine === "files")
          ? [["files are gone or wrong", "[Files restored](#files-restored)"]]
          : []),
        ["a server doesn't start because its data is broken, or its volume is gone", "[Lost volume](#lost-volume)"],
        ["the whole machine is gone", "[Lost host](#lost-host)"],
        ["`the repository … is damaged`, exit code 21", "[Corrupted repository](#corrupted-repository)"],
        ...(place.backups.some(({ offsite }) => offsite)
          ? [["somebody else was root on the machine", "[Host taken over](#host-taken-over)"]]
          : []),
        ["somebody may have a password, a key or the state file", "[Leaked credentials](#leaked-credentials)"],
        [
          "`the password … does not open the repository`, exit code 13",
          "[Forgotten repository password](#forgotten-repository-password)",
        ],
      ],
    ),
  );
}

/** The policies. */
export function whatAndWhen(place: Place): string {
  const rows = place.backups.map((backup) => [
    `\`${backup.id}\``,
    subjectOf(backup),
    `\`${backup.schedule}\` ${backup.timeZone}`,
    backup.keep,
    backup.repository.startsWith("/") ? `volume \`${backup.name}-backup-repository\`` : `\`${backup.repository}\``,
    backup.offsite ? `\`${backup.offsite}\`` : "**none**",
  ]);
  return text(
    "## What is backed up, and when",
    table(["Backup", "What", "When", "Kept", "Where", "Offsite"], rows),
    "Times are in the time zone of the table, also after `--at`, which takes the newest backup that is _not after_ it.",
    place.backups.some((backup) => place.hasOthers(backup)) &&
      "Backups that were due at the same time are one round: they belong together. The same `--at` brings the same round of each back, or says which one lacks it and what to type instead. With `--alone`, one goes by its own time.",
  );
}

function subjectOf({ engine, databases, server, dataVolume }: NamedBackup): string {
  const names = databases.map((database) => `\`${database}\``).join(", ");
  if (engine === "files") return `files of the volume \`${dataVolume}\``;
  return server ? `${names} on \`${server}\` (${engine})` : `${names} in the volume \`${dataVolume}\` (${engine})`;
}

export function beforeYouStart(place: Place): string {
  const { ssh } = place;
  return text(
    "## Before you start",
    steps(
      text("Get this repository at the release that is deployed, and go into its folder:", sh("npm ci")),
      `Have \`${place.secretsFile}\` in that folder, from your password manager. Only deploys need it; a restore on a machine that still runs doesn't.`,
      ...(ssh
        ? [
            text(
              "Let `ssh`, and `docker`, know the host by the keys that this project has of it, and see that yours opens it:",
              sh(...place.knownHosts.map((line) => `echo '${line}' >>~/.ssh/known_hosts`), `${ssh} docker version`),
            ),
          ]
        : []),
      text(
        "See what there is:",
        sh(place.backup("list")),
        "For each backup you get a table like this. Write down the time you want to go back to.",
        prints(
          columns(
            [`Time (${place.backups[0]?.timeZone})`, "Size", "Age", "Verified", "Snapshot"],
            [
              ["2026-11-19 03:00:02", "48.1 MB", "29 hours", "2026-11-19 05:00:41", "20261119T030000Z-51c0"],
              ["2026-11-20 03:00:01", "48.3 MB", "5 hours", "no", "20261120T030000Z-9f3e"],
            ],
          ),
        ),
      ),
    ),
    text(
      "**On a quiet day**, make a recovery key: one more password that opens every backup, for the day when the others are lost.",
      sh(place.npm("secrets", "recovery-key", place.environment, "--file", place.recoveryKeyFile)),
      "Print that file, or copy it to a drive that you lock away, and remove it here. Databases that come later get the same key by the same command with that file.",
    ),
    "Every restore compares what it has restored with what was dumped, table by table, before it replaces anything. What was there stays under another name until you drop it.",
  );
}
