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
  /** The network through which the proxy is reached from outside, and asked for its state by deploys. */
  static shared(scope: Construct): Network {
    const stack = TerraformStack.of(scope);
    return (stack.node.tryFindChild("network") as Network | undefined) ?? new Network(stack, "network");
  }

  /** The network of containers that only reach out, like backups on their way to another place. */
  static egress(scope: Construct): Network {
    const stack = TerraformStack.of(scope);
    return (stack.node.tryFindChild("egress") as Network | undefined) ?? new Network(stack, "egress");
  }

  /**
   * An application's own network, with a way out. Who else is in it is the proxy, if it has a route to the application, and
   * applications that connect to this one: no other can go past the proxy.
   */
  static own(application: Construct): ApplicationNetwork {
    return ApplicationNetworks.of(application).add(application);
  }

  readonly networkName: string;

  constructor(scope: Construct, id: string, props: NetworkProps = {}) {
    super(scope, id);
    const network = new DockerNetwork(this, "Resource", {
      name: DockerHost.of(this).nameOf(this),
      driver: "bridge",
      internal: props.internal ?? false,
      dependsOn: [DockerHost.of(this).owned],
    });
    this.networkName = network.name;
  }
}

export interface ApplicationNetwork {
  /** A reference, so that who is in the network waits for it. */
  readonly networkName: string;
  /** A reference that is another when the network was made again. */
  readonly networkId: string;
  /** The name itself. */
  readonly dockerName: string;
}

/**
 * The networks of all applications as the instances of one resource, which stays in the code when an application leaves it:
 * only then does Terraform run what makes the proxy leave the network, which Docker wouldn't remove otherwise.
 */
export class ApplicationNetworks extends Construct {
  static of(scope: Construct): ApplicationNetworks {
    const stack = TerraformStack.of(scope);
    return (stack.node.tryFindChild("networks") as ApplicationNetworks | undefined) ?? new ApplicationNetworks(stack);
  }

  private readonly names: Record<string, string> = {};
  private readonly resource: DockerNetwork;

  private constructor(stack: TerraformStack) {
    super(stack, "networks");
    const host = DockerHost.of(this);
    this.resource = new DockerNetwork(this, "Resource", {
      name: "${each.key}",
      driver: "bridge",
      dependsOn: [host.owned],
      provisioners: [{ ...host.empties("${self.name}"), when: "destroy" }],
    });
    this.resource.overrideLogicalId("application");
    this.resource.addOverride("for_each", this.names);
  }

  add(application: Construct): ApplicationNetwork {
    const host = DockerHost.of(this);
    // What is wrong with an id is the application's own mistake.
    host.nameOf(application);
    const ids = application.node.path.split("/").slice(1);
    // Behind the shared network in the order of names, which is how Docker chooses the one that a container's published ports
    // and its way out belong to: joining must not move the proxy's.
    const name = host.nameOf(new Construct(Network.shared(this), ids.join("-")));
    this.names[name] = name;
    this.resource.addOverride("for_each", this.names);
    const address = `docker_network.${this.resource.friendlyUniqueId}["${name}"]`;
    return { networkName: `\${${address}.name}`, networkId: `\${${address}.id}`, dockerName: name };
  }
}
