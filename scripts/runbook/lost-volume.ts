import { sh, steps, text } from "./markdown";
import type { NamedBackup, Place } from "./place";
import { AT, databaseVariable } from "./whole";

export function lostVolume(place: Place): string {
  return text(
    "## Lost volume",
    "The data on the disk are broken or gone, but the machine works. The backups are in another volume.",
    "**Is the disk only full?** Then the log says `No space left on device`, and nothing is lost: make room, and stop here.",
    ...place.backups.flatMap((backup) => [
      place.backups.length > 1 && `### The volume of ${backup.id}`,
      forOne(place, backup),
    ]),
  );
}

function forOne(place: Place, backup: NamedBackup): string {
  const { container, dataVolume, server } = backup;
  const broken = `${dataVolume}-broken`;
  const jobs = server ? place.jobsOf(backup) : [];
  const deploy = place.deploy;
  return steps(
    ...(server ? [text("See what the server says:", sh(...place.dockerHost, `docker logs --tail 20 ${server}`))] : []),
    text(
      "Keep what is left of the volume, if there is anything:",
      sh(
        ...place.dockerHost,
        `IMAGE=$(docker inspect --format '{{.Image}}' ${container})`,
        `docker run --rm --network none --user 0 --volume ${dataVolume}:/from:ro --volume ${broken}:/to "$IMAGE" cp -a /from/. /to`,
      ),
    ),
    text(
      "Prove that the backup from **before** the loss can be restored, while nothing is removed yet:",
      sh(AT, place.backup("verify", backup, '--at "$AT"')),
      "It has worked when the last line is `the backup … restores: … rows compared`. Otherwise take an older time, and go on only when it does.",
    ),
    text(
      `Remove the volume \`${dataVolume}\` and what uses it. **This is the one command that deletes data**: read the name again.`,
      sh(
        ...place.dockerHost,
        `docker ps -aq --filter volume=${dataVolume} | xargs -r docker rm --force --volumes`,
        ...jobs.map(
          (job) =>
            `docker ps -aq --filter label=${place.label} --filter label=portolan.construct=${job} | xargs -r docker rm --force`,
        ),
        `docker volume rm ${dataVolume}`,
      ),
    ),
    text("Deploy. The plan makes the volume and these containers again, and destroys nothing else:", sh(deploy)),
    restoreInto(place, backup, place.alone(backup)),
    `When all is well: \`docker volume rm ${broken}\`.`,
  );
}

/** The last step of bringing back what a deploy has made anew. */
export function restoreInto(place: Place, backup: NamedBackup, options: readonly string[]): string {
  const { lines, option } = databaseVariable(backup);
  const dropOld = place.restore(backup, "--drop-old", ...option);
  return text(
    `Restore \`${backup.id}\`, from **before** the loss: what is empty may have been backed up since. It asks for the environment's name.`,
    sh(AT, ...lines, place.restore(backup, "--in-place", '--at "$AT"', ...options, ...option)),
    `It has worked when it says \`Restored …\` with as many rows or files as you had. What it calls the data from before is only what the deploy has made; to remove that: \`${dropOld}\`. Interrupted? \`${place.restore(backup, "--resume", ...option)}\`.`,
  );
}
