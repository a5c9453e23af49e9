import { readImagesLock } from "../../stacks/images-lock";
import { npmRun } from "../backups/program";
import { runOnHost } from "../host/run-on-host";
import { short } from "../images/words";
import type { SynthesisedStack } from "../synthesised-stack";

/** Images that the lock has no digest for, in one line that says what to type; nothing when it has all. */
export function unlockedIn({ images }: Pick<SynthesisedStack, "images">): string | undefined {
  const locked = readImagesLock(images.lock);
  const unlocked = images.references.filter((reference) => !locked[reference]);
  if (unlocked.length === 0) return undefined;
  return `Not locked, so each host keeps what it first pulled: ${unlocked.join(", ")}; type: ${npmRun("images", "update")}`;
}

/** A reference as a line has room for it. */
export function shortened(reference: string): string {
  const [name, digest] = reference.split("@");
  return digest ? `${name}@${short(digest)}` : reference;
}

/**
 * Pulls the locked images before Terraform begins, which would stop a database or the proxy while the next image is still on
 * its way. What the host itself may not pull, the provider's own login may get then.
 */
export async function pullLocked(stack: SynthesisedStack): Promise<void> {
  const names = Object.values(stack.json.resource?.docker_image ?? {}).map(({ name }) => name);
  const locked = [...new Set(names)].filter((name) => /@sha256:[0-9a-f]{64}$/.test(name));
  if (locked.length === 0) return;
  const pull = 'for image in "$@"; do docker image inspect "$image" || docker pull --quiet "$image"; done';
  await runOnHost(stack, pull, locked);
}
