import { prints, sh, steps, text } from "./markdown";
import type { NamedBackup, Place } from "./place";

/** What a restic repository in a folder is made of. */
const PARTS = "config data index keys locks snapshots";

export function corruptedRepository(place: Place): string {
  return text(
    "## Corrupted repository",
    "The applications and their data are not touched by this. Only backups are.",
    "**Do you need a restore right now?** Try it as if nothing was: a backup whose own pieces are whole can be restored, and no restore replaces anything before it has compared everything. If one fails, take an older one with `--at`, or one from `--offsite`.",
    ...place.backups.flatMap((backup) => [
      place.backups.length > 1 && `### The repository of ${backup.id}`,
      backup.repository.startsWith("/") ? startAnew(place, backup) : anewElsewhere(place, backup),
      backup.offsite && offsiteAnew(place, backup),
    ]),
  );
}

function startAnew(place: Place, backup: NamedBackup): string {
  return steps(
    text(
      "See how bad it is; this reads everything:",
      sh(place.backup("check", backup, "--all")),
      prints("error: the repository /repository is damaged; …"),
      "If it says that the repository is whole, stop here.",
    ),
    "A disk that has damaged this damages more. Look at the host's `dmesg` and at the disk's health before you trust it again.",
    text(
      "Put the damaged repository aside, and begin a new one. Nothing is deleted:",
      putAside(place, backup, "damaged"),
    ),
    text(
      "Make a backup, and prove it:",
      sh(place.backup("now", backup), place.backup("verify", backup)),
      "It has worked when the last line is `the backup … restores: … rows compared`.",
    ),
    backup.offsite
      ? `The backups from before are offsite: \`${place.backup("list", backup, "--offsite")}\`.`
      : text(
          "The backups from before are in the damaged repository. This lists them, and then tries one, named as in the list:",
          sh(
            "SNAPSHOT=20261120T030000Z-9f3e",
            ...place.dockerHost,
            `docker exec --env REPOSITORY=/repository/damaged ${backup.container} list`,
            `docker exec --env REPOSITORY=/repository/damaged ${backup.container} verify --snapshot "$SNAPSHOT"`,
          ),
        ),
    text(
      "When nobody needs the damaged one any more:",
      sh(...place.dockerHost, `docker exec ${backup.container} rm -r /repository/damaged`),
    ),
  );
}

function offsiteAnew(place: Place, backup: NamedBackup): string {
  return text(
    `**Is it \`${backup.offsite}\` that is damaged?** The backups here are not. See how bad it is, then change \`backups.offsite\` in \`${place.environmentFile}\` to another folder, deploy, and copy everything there:`,
    sh(place.backup("check", backup, "--all", "--offsite"), place.deploy, place.backup("offsite", backup)),
    "Find out who or what has damaged it before you remove the old folder.",
  );
}

export function putAside(place: Place, { container }: NamedBackup, name: string): string {
  return sh(
    ...place.dockerHost,
    `docker exec --workdir /repository ${container} sh -c 'mkdir ${name} && mv ${PARTS} ${name} && rm /state/values/repository'`,
  );
}

function anewElsewhere(place: Place, backup: NamedBackup): string {
  return steps(
    text("See how bad it is; this reads everything:", sh(place.backup("check", backup, "--all"))),
    `Begin a new repository in another folder than \`${backup.repository}\`: change the address in the code, and deploy.`,
    text("Make a backup, and prove it:", sh(place.backup("now", backup), place.backup("verify", backup))),
  );
}

export function forgottenPassword(place: Place): string {
  return text(
    "## Forgotten repository password",
    "**Without a password no backup can be read, by anybody, ever.** But there is more than one place to look for it, and there may be a recovery key.",
    steps(
      text(
        `Do you have the recovery key, on paper or on a drive? Write it into the file \`${place.recoveryKeyFile}\` as \`RECOVERY_KEY="…"\`, and let it give the repositories a new password:`,
        sh(
          place.npm("secrets", "rotate", place.environment, "--recovery-key", place.recoveryKeyFile),
          place.deploy,
          place.npm("secrets", "rotate", place.environment, "--finish"),
        ),
        "Remove the file, put the new passwords into your password manager, and stop here.",
      ),
      text(
        `Search: \`${place.secretsFile}\` on each machine that has deployed, your password manager, CI's variables, the state file (it has \`${place.backups[0]?.password}\` as plain text), and, as long as it exists, the backup container itself:`,
        sh(...place.dockerHost, `docker exec ${place.backups[0]?.container} cat /run/secrets/repository-password`),
        `If one of them opens the repository, write it into \`${place.secretsFile}\` as \`${place.backups[0]?.password}="…"\`, keep a copy elsewhere, deploy, and stop here.`,
      ),
      "It is nowhere? Then the old backups are lost, while the data are not. Do this today: until it is done there is no backup.",
      text(
        "Make new passwords, and bring them to the host. This asks for the environment's name:",
        sh(place.npm("secrets", "rotate", place.environment, "--lost"), place.deploy),
        "**Put them into your password manager now**, and make a recovery key in the end, as before you start.",
      ),
      ...place.backups
        .filter(({ repository }) => repository.startsWith("/"))
        .map((backup) =>
          text(`Put the old repository of \`${backup.id}\` aside:`, putAside(place, backup, "unreadable")),
        ),
      ...(place.backups.some(({ repository }) => !repository.startsWith("/"))
        ? [
            text(
              "A repository that is not on the host can't be opened either. Give it another folder where the stack names it (`repository: …`), and deploy once more:",
              sh(place.deploy),
            ),
          ]
        : []),
      ...(place.backups.some(({ offsite }) => offsite)
        ? [
            text(
              `The offsite repository can't be opened either. Give the new one another folder: in \`${place.environmentFile}\`, change \`backups.offsite\`, and deploy once more:`,
              sh(place.deploy),
            ),
          ]
        : []),
      text(
        "Make backups, and prove them:",
        sh(place.backup("now"), place.backup("verify")),
        "It has worked when each ends with `restores: … rows compared`. Then remove the unreadable ones, which only take room.",
      ),
    ),
  );
}
