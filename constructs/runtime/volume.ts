import { Volume as DockerVolume } from "@cdktf/provider-docker/lib/volume";
import { Construct } from "constructs";
import { DockerHost } from "./docker-host";

/** A volume whose content a deploy can make again. What can't be made again belongs in a {@link DataVolume}. */
export class Volume extends Construct {
  readonly volumeName: string;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.volumeName = new DockerVolume(this, "Resource", {
      name: DockerHost.of(this).nameOf(this),
      dependsOn: [DockerHost.of(this).reachable],
    }).name;
  }
}
