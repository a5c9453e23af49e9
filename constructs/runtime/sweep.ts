import { DataResource, Lazy } from "cdktf";
import { Construct } from "constructs";
import { DockerHost } from "./docker-host";

/** The last step of every deploy that changed a container: whatever no deploy knows of any more goes. */
export class Sweep extends Construct {
  constructor(scope: Construct) {
    super(scope, "sweep");
    const host = DockerHost.of(this);
    new DataResource(this, "Resource", {
      triggersReplace: Lazy.anyValue({ produce: () => host.containerNames }),
      provisioners: [host.sweeps()],
    });
  }
}
