import { sh, steps, text } from "./markdown";
import type { NamedBackup, Place } from "./place";

/**
 * Shell lines that copy a repository out of an S3 bucket, of each file the oldest version: restic never writes one again, so
 * whatever came later is an intruder's.
 */
export function copyOldest(from: string, to: string): string {
  return [
    `rclone lsf --recursive --files-only --exclude "locks/**" "s3,versions:${from}" | sort | awk '`,
    `  { name = $0; sub(/-v[0-9-]+$/, "", name); if (!(name in oldest) || oldest[name] == name) oldest[name] = $0 }`,
    `  END { for (name in oldest) print oldest[name] }' >oldest.txt`,
    `rclone copy --files-from-raw oldest.txt --name-transform 'regex=-v[0-9-]+$/' "s3,versions:${from}" "s3:${to}"`,
  ].join("\n");
}

/** Shell lines that, in a repository's folder, set aside what came after a moment: nothing older needs it. */
export function setAside(at: string): string {
  return `mkdir -p ../aside && find index keys snapshots -type f -newermt "${at}" -exec mv -t ../aside {} +`;
}

export function takenOver(place: Place): string {
  const away = place.backups.filter(({ offsite }) => offsite);
  if (away.length === 0) return "";
  return text(
    "## Host taken over",
    "Somebody else was root on the host. Nothing on it can be believed any more, its own backups neither; the offsite ones can, from before.",
    ...away
      .filter(({ appendOnly }) => !appendOnly?.includes("offsite"))
      .map(
        ({ offsite }) =>
          `**\`${offsite}\` is not append-only: whoever had the host could delete it.** See what is left, and set it up as _Out of an intruder's reach_ in \`docs/backups.md\` says.`,
      ),
    steps(
      "Cut the host off at its provider, and keep its disk for whoever looks into it. Type everything from here on on a machine that the host could not reach.",
      "Take the host's key away at the offsite server, and make a new one. Which is the last moment at which all was well? If in doubt, take an earlier one: it is `BEFORE` below.",
      ...away.map((backup) => asItWas(backup)),
      text(
        "See that all is there and whole, with a key of the server's owner in a file (`docs/backups.md` says how it reads):",
        sh(
          `REPOSITORY="${folderOf(away[0] as NamedBackup)}"`,
          'KEYS="owner.keys"',
          `${place.npm("backup", "from-here", place.environment, "list")} --keys "$KEYS" --repository "$REPOSITORY"`,
          `${place.npm("backup", "from-here", place.environment, "check")} --keys "$KEYS" --repository "$REPOSITORY"`,
        ),
      ),
      `Make every other secret anew, as for [leaked credentials](#leaked-credentials): keep only the ${away.map(({ password }) => `\`${password}\``).join(", ")} and \`BACKUP_PASSWORD\` lines of \`${place.secretsFile}\`, add the new key, and write the repository's new address into \`${place.environmentFile}\`.`,
      "Go on with [Lost host](#lost-host), on a new machine, with `--at` before the intruder came.",
      "They have the passwords of these repositories. When the application is back, name another folder in `backups.offsite`, deploy, and rotate [the passwords](#leaked-credentials). Keep the old folder for as long as somebody may need it, where no host has a key.",
    ),
  );
}

/** Without the backup's own folder. */
function folderOf({ offsite = "", name }: NamedBackup): string {
  return offsite.slice(0, -name.length - 1);
}

function asItWas(backup: NamedBackup): string {
  const { offsite = "", name } = backup;
  const before = 'BEFORE="2026-11-20 00:00 UTC"';
  if (!offsite.startsWith("s3:")) {
    return text(
      `On the server, in the folder of \`${offsite}\`, set aside what came later:`,
      sh(before, setAside("$BEFORE")),
    );
  }
  const { pathname } = new URL(offsite.slice("s3:".length));
  return text(
    `Copy \`${offsite}\` as it was before anything was written over it to a new bucket, with [rclone](https://rclone.org/s3/) and the owner's key in a remote called \`s3\`:`,
    sh('TO="a-new-bucket"', copyOldest(pathname.slice(1), `$TO/${name}`)),
    "What was only added is still among it: later, restore a backup that you know, by its name, with `--snapshot`.",
  );
}
