import { sh, steps, text } from "./markdown";
import type { NamedBackup, Place } from "./place";
import { sqlClient } from "./sql-client";
import { AT, databaseVariable } from "./whole";

export function oneTable(place: Place): string | undefined {
  const databases = place.backups.filter(({ engine }) => engine !== "files");
  if (databases.length === 0) return undefined;
  return text(
    "## One table restored",
    "Nothing has to stop. The backup is restored beside the database, and rows are taken over from there; rows written since stay.",
    ...databases.flatMap((backup) => [databases.length > 1 && `### A table of ${backup.id}`, forOne(place, backup)]),
  );
}

function forOne(place: Place, backup: NamedBackup): string {
  const client = sqlClient(backup);
  const { lines, option } = databaseVariable(backup);
  const variables = [...(lines.length > 0 ? lines : [`DATABASE=${backup.databases[0]}`]), `COPY=${client.copy}`];
  const withTable = [...variables, `TABLE=${client.table}`];
  const take = (take: "missing" | "all") =>
    sh(...withTable, ...place.dockerHost, ...client.define, ...client.takeOver[take]);
  return steps(
    text(
      "Restore beside it, from before the accident:",
      sh(
        AT,
        ...variables,
        place.restore(backup, '--to-database "$COPY"', '--at "$AT"', ...place.alone(backup), ...option),
      ),
      "It ends with `restored … rows`, when everything is as it was dumped.",
    ),
    text(
      "Compare. The first number is of the backup, the second of now:",
      sh(...withTable, ...place.dockerHost, ...client.define, ...client.count),
    ),
    text(
      "**Rows were deleted?** Put back the ones that are missing, and touch no other. The table needs a primary key:",
      take("missing"),
      "**Rows were changed?** Put back the missing ones, and give all others the values they had:",
      take("all"),
      client.result,
    ),
    "Look at the application: is it as it should be?",
    text("Remove the copy:", sh(...variables, ...place.dockerHost, ...client.define, ...client.drop)),
  );
}
