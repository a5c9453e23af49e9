import type { LockedImage } from "../../stacks/images-lock";

/** Enough of a digest to tell it from others. */
export function short(digest: string): string {
  return digest.slice(0, "sha256:".length + 12);
}

/** What people know an image by. */
export function described({ digest, version, built }: LockedImage): string {
  return [version, built && `built ${built}`, short(digest)].filter(Boolean).join(", ");
}
