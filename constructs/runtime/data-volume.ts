import { Volume } from "@cdktf/provider-docker/lib/volume";
import { TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { InvalidInput } from "../invalid-input";
import { DockerHost } from "./docker-host";

/** What becomes of data when its construct, or the whole environment, is removed. */
export enum Removal {
  /** The deploy is refused. */
  REFUSE = "refuse",
  /** The data is destroyed. */
  DESTROY_DATA = "destroy-data",
}

export interface DataVolumeProps {
  /** @default Removal.REFUSE */
  readonly removal?: Removal;

  /**
   * Docker's name of the volume. Only needed to keep the data of a construct that was renamed or moved: changing the
   * name of a volume means another, empty volume.
   *
   * @default - made of system, environment and the construct's path
   */
  readonly volumeName?: string;
}

/**
 * A volume with data that must outlive its containers. It has a name and nothing else: in the Docker provider a change
 * of any other attribute would replace the volume, and so empty it.
 */
export class DataVolume extends Construct {
  /** A reference, so that who mounts the volume waits for it. */
  readonly volumeName: string;
  /** The name itself. */
  readonly dockerName: string;

  constructor(scope: Construct, id: string, props: DataVolumeProps = {}) {
    super(scope, id);
    const name = props.volumeName ?? DockerHost.of(this).nameOf(this);
    if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(name)) {
      throw new InvalidInput(
        this,
        `volumeName "${name}" must have letters, digits, "_", "." and "-" only, at least two of them, and start with a letter or digit`,
      );
    }
    DockerHost.of(this).addVolume(name);
    this.dockerName = name;
    this.volumeName = DataVolumes.of(this).add(this, name, props.removal ?? Removal.REFUSE);
  }
}

/**
 * All data volumes of a stack as the instances of two resources. A volume that disappears from the code is then still
 * an instance of a resource with `prevent_destroy`, and Terraform refuses; a resource of its own would take its
 * protection along and be destroyed. A `moved` block leads from the one to the other, so `Removal.DESTROY_DATA` is all
 * it takes to give data up.
 */
export class DataVolumes extends Construct {
  static of(scope: Construct): DataVolumes {
    const stack = TerraformStack.of(scope);
    return (stack.node.tryFindChild("volumes") as DataVolumes | undefined) ?? new DataVolumes(stack);
  }

  private readonly protected: Instances;
  private readonly disposable: Instances;
  private readonly moved: { from: string; to: string }[] = [];

  constructor(private readonly stack: TerraformStack) {
    super(stack, "volumes");
    this.protected = new Instances(this, "protected", true);
    this.disposable = new Instances(this, "disposable", false);
  }

  /** Returns the name as a reference, so that who mounts the volume waits for it. */
  add(volume: DataVolume, name: string, removal: Removal): string {
    if (this.protected.has(name) || this.disposable.has(name)) {
      throw new InvalidInput(volume, `volume "${name}" is there already; give one of the two another volumeName`);
    }
    // Both ways: without it, protection that comes back would be another volume, and the one with the data destroyed.
    const [from, to] =
      removal === Removal.REFUSE ? [this.disposable, this.protected] : [this.protected, this.disposable];
    this.moved.push({ from: from.addressOf(name), to: to.addressOf(name) });
    this.stack.addOverride("moved", this.moved);
    return to.add(name);
  }
}

/** One `docker_volume` resource, a volume for each name. */
class Instances {
  private readonly names: Record<string, string> = {};
  private readonly resource: Volume;

  constructor(scope: Construct, id: string, preventDestroy: boolean) {
    this.resource = new Volume(scope, id, {
      name: "${each.key}",
      lifecycle: { preventDestroy },
      dependsOn: [DockerHost.of(scope).owned],
    });
    this.resource.overrideLogicalId(id);
    this.resource.addOverride("for_each", this.names);
  }

  has(name: string): boolean {
    return name in this.names;
  }

  add(name: string): string {
    this.names[name] = name;
    this.resource.addOverride("for_each", this.names);
    return `\${${this.addressOf(name)}.name}`;
  }

  addressOf(name: string): string {
    return `docker_volume.${this.resource.friendlyUniqueId}["${name}"]`;
  }
}
