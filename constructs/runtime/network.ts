import { Network as DockerNetwork } from "@cdktf/provider-docker/lib/network";
import { TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { DockerHost } from "./docker-host";

export interface NetworkProps {
  /**
   * Without a way out: its containers reach each other and nothing else.
   *
   * @default false
   */
  readonly internal?: boolean;
}

/** A private network of one environment. Containers that share none cannot reach each other. */
export class Network extends Construct {
  /**
   * The network of the proxy and everything that faces it, with a way out. It is one for the whole environment: joining
   * another network replaces a container, and a new route must not replace the proxy.
   */
  static shared(scope: Construct): Network {
    const stack = TerraformStack.of(scope);
    return (stack.node.tryFindChild("network") as Network | undefined) ?? new Network(stack, "network");
  }

  /** The network of containers that only reach out, like backups on their way to another place. */
  static egress(scope: Construct): Network {
    const stack = TerraformStack.of(scope);
    return (stack.node.tryFindChild("egress") as Network | undefined) ?? new Network(stack, "egress");
  }

  readonly networkName: string;

  constructor(scope: Construct, id: string, props: NetworkProps = {}) {
    super(scope, id);
    const network = new DockerNetwork(this, "Resource", {
      name: DockerHost.of(this).nameOf(this),
      driver: "bridge",
      internal: props.internal ?? false,
      dependsOn: [DockerHost.of(this).reachable],
    });
    this.networkName = network.name;
  }
}
