import { DataResource, type ITerraformDependable, Lazy } from "cdktf";
import { Construct } from "constructs";
import { DockerHost } from "./docker-host";
import type { ApplicationNetwork } from "./network";

/**
 * Networks that a container joins while it runs: in the provider, another network replaces a container. A container of that
 * name that is made anew has to join them by itself (see `joins` of a service).
 */
export class Membership extends Construct implements ITerraformDependable {
  readonly fqn: string;

  constructor(scope: Construct, id: string, containerName: string, networks: () => readonly ApplicationNetwork[]) {
    super(scope, id);
    this.fqn = new DataResource(this, "Resource", {
      triggersReplace: Lazy.anyValue({ produce: () => networks().map(({ networkId }) => networkId) }),
      provisioners: [DockerHost.of(this).joins(containerName, networks)],
    }).fqn;
  }
}
