import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { Secret } from "../secret";
import type { Image } from "./image";
import { Job } from "./job";
import { Volume } from "./volume";

/** Secrets as files in a volume, for images that take them as `*_FILE`: `docker inspect` shows none of them. */
export class SecretVolume extends Construct implements ITerraformDependable {
  readonly volumeName: string;
  readonly dockerName: string;
  readonly fqn: string;

  /** `files`: a secret for each file name; plain text where it is public, like a host key. */
  constructor(scope: Construct, id: string, props: { image: Image; files: Readonly<Record<string, Secret | string>> }) {
    super(scope, id);
    const volume = new Volume(this, "volume");
    this.volumeName = volume.volumeName;
    this.dockerName = volume.dockerName;
    const files = Object.entries(props.files).map(([name, secret]) => ({
      path: `/secrets/${name}`,
      content: typeof secret === "string" ? secret : secret.valueIn(this),
    }));
    const job = new Job(this, "write", {
      image: props.image,
      anyImage: true,
      // Readable for every user of the containers that mount the volume, and for root on the host.
      entrypoint: ["sh", "-c"],
      command: [
        "set -eu; umask 022; for file in /secrets/*; do cat $file >/volume/.new; mv /volume/.new /volume/$(basename $file); done; " +
          // A secret that has left the code leaves the volume.
          "for file in /volume/*; do [ -e /secrets/$(basename $file) ] || rm -rf $file; done",
      ],
      // Root without any capability: it owns a new volume's top folder.
      user: "0:0",
      files: () => files,
      mounts: [{ volume: this, path: "/volume" }],
      resources: { memory: 32 },
    });
    this.fqn = job.fqn;
  }
}
