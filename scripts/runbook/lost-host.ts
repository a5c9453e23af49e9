import { restoreInto } from "./lost-volume";
import { sh, steps, text } from "./markdown";
import type { Place } from "./place";

export function lostHost(place: Place): string {
  const { backups } = place;
  const without = backups.filter(({ offsite, repository }) => !offsite && repository.startsWith("/"));
  return text(
    "## Lost host",
    without.length > 0 && nothingOffsite(place, without.map(({ id }) => `\`${id}\``).join(", ")),
    without.length < backups.length && newMachine(place),
  );
}

function nothingOffsite(place: Place, ids: string): string {
  return text(
    `**The backups of ${ids} are on the same machine as the data: this environment has no offsite repository. When the machine is gone, they are gone, and nothing here brings them back.** Ask its provider for a snapshot of the disk.`,
    `So that it is otherwise next time, write where copies go into \`${place.environmentFile}\`, then make its secrets, deploy and copy:`,
    `\`"backups": { "offsite": "s3:https://s3.example.com/bucket" }\``,
    sh(
      place.npm("secrets", "generate", place.environment),
      place.deploy,
      place.backup("now"),
      place.backup("list", undefined, "--offsite"),
    ),
  );
}

function newMachine(place: Place): string {
  const away = place.backups.filter(({ offsite, repository }) => offsite || !repository.startsWith("/"));
  const toNewHost = place.ssh
    ? `Get a new machine with Docker, and write its address and its host keys (\`ssh-keyscan\`) into \`${place.environmentFile}\`.`
    : "Get a new machine with Docker, and this repository on it.";
  const offsite = away.some((backup) => backup.offsite) ? ["--offsite"] : [];
  return text(
    "Everything comes back from the offsite repository, this repository and the secrets. The state file may be lost as well.",
    steps(
      toNewHost,
      text(
        `Put \`${place.secretsFile}\` back from your password manager, and see that it is complete. Without the passwords of its repositories (${place.backups.map(({ password }) => `\`${password}\``).join(", ")}), or the [recovery key](#forgotten-repository-password), no backup can be read.`,
        sh(place.npm("secrets", "check", place.environment)),
      ),
      text(
        `Write \`"maintenance": true\` into \`${place.environmentFile}\`, so that nobody writes to empty databases and takes it for lost orders, and deploy. Everything starts; visitors get a page that says to come back soon:`,
        sh(place.deploy),
      ),
      text("See what there is to come back to:", sh(place.backup("list", undefined, ...offsite))),
      ...away.map((backup) => restoreInto(place, backup, backup.offsite ? ["--offsite"] : [])),
      text("Take `maintenance` out of the file again, and let visitors in:", sh(place.deploy)),
      text(
        "Look at the application. When all is well, the new machine makes a backup of its own, and proves it:",
        sh(place.backup("now"), place.backup("verify")),
      ),
    ),
  );
}
