import { sh, steps, table, text } from "./markdown";
import { type NamedBackup, type Place, variableOf } from "./place";

export function leakedCredentials(place: Place): string {
  const servers = place.backups.filter(({ server }) => server);
  const offsite = place.backups.find((backup) => backup.offsite)?.offsite;
  return text(
    "## Leaked credentials",
    "Change it first, find out how it happened after. What to change:",
    table(
      ["Who had", "has", "so change"],
      [
        ["the state, a saved plan, or the whole secrets file", "everything", "all below, and the applications' own"],
        [
          "the backup container's files",
          "all backups, and read access to the databases",
          [
            ...place.backups.map(({ password }) => password),
            ...servers.map((backup) => `${variableOf(backup.id)}_BACKUP_PASSWORD`),
            ...(offsite ? [keysOf(offsite)] : []),
          ].join(", "),
        ],
        ...servers.map((backup) => [
          `an application's environment (\`${backup.id}\`)`,
          "its database",
          place.passwordsOf(backup).join(", "),
        ]),
        ...(offsite
          ? [["the offsite storage's key", "the encrypted backups, which it may delete", keysOf(offsite)]]
          : []),
      ],
    ),
    servers.length > 0 && roles(place, servers),
    offsite && text("### The offsite storage's key", offsiteKey(place, offsite)),
    "### The repositories' passwords",
    "A new password keeps out whoever has only the old one. Whoever has copied the repository itself can read that copy for ever: then begin a new repository as well, as for a [forgotten password](#forgotten-repository-password).",
    repositoryPassword(place),
  );
}

function roles(place: Place, servers: readonly NamedBackup[]): string {
  return text(
    "### Passwords of roles",
    steps(
      text(
        "Make new values and deploy; the deploy gives them to the server, the applications and the backup container:",
        sh(
          ...servers.map((backup) =>
            place.forget(...place.passwordsOf(backup), `${variableOf(backup.id)}_BACKUP_PASSWORD`),
          ),
          place.npm("secrets", "generate", place.environment),
          place.deploy,
        ),
      ),
      text("See that backups still work:", sh(place.backup("now"))),
      "Administrators' passwords (`…_ADMIN_PASSWORD`) need a step more: see _Change a secret_ in `docs/secrets.md`.",
    ),
  );
}

function keysOf(offsite: string): string {
  if (offsite.startsWith("s3:")) return "OFFSITE_ACCESS_KEY_ID, OFFSITE_SECRET_ACCESS_KEY";
  return offsite.startsWith("sftp:") ? "OFFSITE_SSH_KEY" : "OFFSITE_HTTP_PASSWORD";
}

function offsiteKey(place: Place, offsite: string): string {
  return steps(
    "Make a new key at the storage's provider.",
    `Write it into \`${place.secretsFile}\` (${keysOf(offsite)}).`,
    text("Deploy, and see that copies still arrive:", sh(place.deploy, place.backup("offsite"))),
    "Only then remove the old key at the provider.",
    text("See that nobody has deleted backups:", sh(place.backup("list", undefined, "--offsite"))),
  );
}

function repositoryPassword(place: Place): string {
  return steps(
    text(
      "Let a new password open every repository, beside the old one. Interrupted, it is typed again:",
      sh(place.npm("secrets", "rotate", place.environment)),
    ),
    text("Bring it to the host:", sh(place.deploy)),
    text(
      "Take the old one away. It goes only once the new one was proved on the host, in every repository:",
      sh(place.npm("secrets", "rotate", place.environment, "--finish")),
    ),
    `Put the new passwords into your password manager. If \`BACKUP_PASSWORD\` is still in \`${place.secretsFile}\`, nothing needs it any more: remove its line.`,
    text(
      "Did they have the recovery key, too? Then make another, which takes the old one's place:",
      sh(place.npm("secrets", "recovery-key", place.environment, "--file", place.recoveryKeyFile)),
      "Print the file or copy it to a drive that you lock away, and remove it here.",
    ),
  );
}
