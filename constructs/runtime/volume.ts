import { Volume as DockerVolume } from "@cdktf/provider-docker/lib/volume";
import { Construct } from "constructs";
import { DockerHost } from "./docker-host";

/** A volume whose content a deploy can make again. What can't be made again belongs in a {@link DataVolume}. */
export class Volume extends Construct {
  /** A reference, so that who mounts the volume waits for it. */
  readonly volumeName: string;
  /** The name itself. */
  readonly dockerName: string;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const host = DockerHost.of(this);
    this.dockerName = host.nameOf(this);
    host.addVolume(this.dockerName);
    this.volumeName = new DockerVolume(this, "Resource", {
      name: this.dockerName,
      dependsOn: [host.owned],
    }).name;
  }
}
