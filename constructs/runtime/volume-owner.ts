import type { Construct } from "constructs";
import type { Image } from "./image";
import { Job } from "./job";

/**
 * A job that gives the top folder of volumes to the user who will write there. Docker makes a new volume root's, unless
 * the image has a folder at that path.
 */
export function volumeOwner(
  scope: Construct,
  props: {
    image: Image;
    /** A number, or a name that means the same number in every version of the image where `anyImage` is set. */
    user: string;
    volumes: readonly { readonly volumeName: string }[];
    anyImage?: boolean;
  },
): Job {
  const mounts = props.volumes.map((volume, index) => ({ volume, path: `/volumes/${index + 1}` }));
  return new Job(scope, "owner", {
    image: props.image,
    anyImage: props.anyImage,
    entrypoint: ["chown"],
    command: [props.user, ...mounts.map(({ path }) => path)],
    // Only root may give away, and only with this one capability.
    user: "0:0",
    capabilities: ["CHOWN"],
    mounts,
    resources: { memory: 16 },
  });
}
