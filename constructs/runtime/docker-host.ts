import { join } from "node:path";
import { DataDockerNetwork } from "@cdktf/provider-docker/lib/data-docker-network";
import { DockerProvider } from "@cdktf/provider-docker/lib/provider";
import {
  App,
  AssetType,
  DataResource,
  Fn,
  Lazy,
  type LocalExecProvisioner,
  TerraformAsset,
  TerraformStack,
} from "cdktf";
import { Construct, type IConstruct } from "constructs";
import { InvalidInput } from "../invalid-input";
import { type ImagesLock, LockedImages } from "./locked-images";
import { PublishedPorts } from "./published-ports";
import { registryLogins } from "./registry-logins";
import { type SshAddress, sshOptions } from "./ssh";

/** Oldest and newest provider accepted: before 4.5 a plan deleted stopped containers. */
const PROVIDER_VERSION = ">= 4.5.0, < 5.0.0";

/** Docker's DNS serves container names, so they obey the limit of a DNS label (RFC 1035, 2.3.4). */
const LONGEST_NAME = 63;

/** Nobody looks a job up. */
const LONGEST_JOB_NAME = 128;

/** Length of what makes a name unique, a dash and a time or a fingerprint. */
export const UNIQUE = 13;

export interface DockerHostProps {
  /** Name of the system. Everything on the host is called `<system>-<environment>-…`. */
  readonly system: string;

  /**
   * Socket of an engine on this machine; a rootless one has its own.
   *
   * @default "unix:///var/run/docker.sock"
   */
  readonly socket?: string;

  /** Another machine, whose engine is reached over SSH. @default - none: the engine is on this machine */
  readonly ssh?: SshAddress;

  /**
   * Registry put before every image reference, `host[:port][/path]`; with `http://` it is asked without TLS.
   *
   * @default - each image's own registry
   */
  readonly registry?: string;

  /** Digests of the images that others build. @default - none: a tag is what it was when the host first pulled it */
  readonly lock?: ImagesLock;
}

/** The Docker Engine that a stack deploys to: its provider, its names, and how a deploy waits on its containers. */
export class DockerHost extends Construct {
  /** The host of the stack that `scope` is in. */
  static of(scope: IConstruct): DockerHost {
    const host = TerraformStack.of(scope).node.tryFindChild("host");
    if (!(host instanceof DockerHost)) {
      throw new InvalidInput(scope, "its stack has no DockerHost; derive the stack from EnvironmentStack");
    }
    return host;
  }

  /** First part of the name of everything on the host. */
  readonly prefix: string;
  /** Says whose a container is. Unlike the prefix it can't be that of another system with a dash in its name. */
  readonly label: string;
  readonly ports = new PublishedPorts();
  readonly images: LockedImages;
  private readonly named = new Map<string, IConstruct>();
  private readonly props: DockerHostProps;
  private readonly conditions: { condition: string; errorMessage: string }[] = [];
  private readonly awaitScript: TerraformAsset;
  private readonly sweepScript: TerraformAsset;
  private readonly joinScript: TerraformAsset;
  private readonly emptyScript: TerraformAsset;
  private readonly containers: string[] = [];
  private readonly volumes: string[] = [];

  /**
   * Asks the engine for something every engine has. Whatever needs nothing else depends on this, so that a host that
   * can't be reached is one error in the plan instead of one for each resource in the middle of a deploy.
   */
  readonly reachable: DataDockerNetwork;

  /**
   * Fails a deploy where the names on the host are those of another environment. What has such a name depends on this, and is
   * never another's: a volume that is there already would be handed out.
   */
  readonly owned: DataResource;

  constructor(stack: TerraformStack, props: DockerHostProps) {
    super(stack, "host");
    this.prefix = `${props.system}-${stack.node.id}`;
    this.label = `${props.system}/${stack.node.id}`;
    this.props = props;
    this.images = new LockedImages(this, props.lock ?? { file: "images.lock.json", digests: {} }, props.registry);

    new DockerProvider(this, "docker", {
      host: this.address,
      sshOpts: props.ssh && this.sshOptions(props.ssh),
      registryAuth: props.registry?.startsWith("http://")
        ? [{ address: props.registry, authDisabled: true }]
        : registryLogins(),
    });
    this.reachable = new DataDockerNetwork(this, "reachable", { name: "none" });
    stack.addOverride("terraform.required_providers.docker", {
      source: "kreuzwerker/docker",
      version: PROVIDER_VERSION,
    });
    this.awaitScript = this.scriptAsset("await");
    this.sweepScript = this.scriptAsset("sweep");
    this.joinScript = this.scriptAsset("join");
    this.emptyScript = this.scriptAsset("empty-network");
    this.owned = this.claim();
  }

  private claim(): DataResource {
    const owner = new DataResource(this, "owner", { dependsOn: [this.reachable] });
    owner.overrideLogicalId("owner");
    const name = this.nameOf(owner);
    owner.input = { environment: this.label, name };
    const script = this.scriptAsset("claim");
    owner.provisioners = [
      this.runs(script, () => ["take", this.label, name, ...this.volumes]),
      { ...this.runs(script, () => ["release", this.label, name]), when: "destroy" },
    ];
    return owner;
  }

  /**
   * Stops every plan in which a condition does not hold, before anything else is planned: cdktf loses the end of a long
   * plan that fails.
   *
   * @param command what to type, on a line of its own that Terraform doesn't wrap
   */
  require(condition: string, message: string, command: string): void {
    this.conditions.push({ condition: `\${${condition}}`, errorMessage: `${message}\n\n  ${command}` });
    this.reachable.lifecycle = { precondition: this.conditions };
  }

  /**
   * The Docker name of a construct: the host's prefix and the construct's path inside the stack.
   *
   * @param room characters that the caller puts behind it
   * @throws InvalidInput when it can't be a name, or is the name of another construct
   */
  nameOf(construct: IConstruct, room = 0, longest = LONGEST_NAME): string {
    const ids = construct.node.scopes
      .slice(construct.node.scopes.indexOf(TerraformStack.of(construct)) + 1)
      .map((scope) => scope.node.id);
    const unusable = ids.find((id) => !/^[a-z0-9][a-z0-9-]*$/.test(id));
    if (unusable !== undefined) {
      throw new InvalidInput(construct, `id "${unusable}" must have lower-case letters, digits and dashes only`);
    }
    const name = [this.prefix, ...ids].join("-");
    if (name.length > longest - room) {
      throw new InvalidInput(
        construct,
        `Docker name "${name}" has ${name.length} characters, at most ${longest - room} are allowed; shorten an id`,
      );
    }
    const other = this.named.get(name);
    if (other && other !== construct) {
      throw new InvalidInput(construct, `Docker name "${name}" is also that of ${other.node.path}; rename one of them`);
    }
    this.named.set(name, construct);
    return name;
  }

  /**
   * A name that no earlier deploy has used, for containers created before their predecessor goes. It is the time of the
   * plan, so a failed release that is tried again and a rollback get new names too; the container must ignore changes
   * of its name.
   */
  uniqueNameOf(construct: IConstruct, suffix = ""): string {
    return this.unique(this.nameOf(construct, UNIQUE + suffix.length), suffix);
  }

  /** The same for a job, which no other container looks up. */
  jobNameOf(construct: IConstruct): string {
    return this.unique(this.nameOf(construct, UNIQUE, LONGEST_JOB_NAME));
  }

  private unique(name: string, suffix = ""): string {
    return `${name}-${Fn.formatdate("YYMMDDhhmmss", Fn.plantimestamp())}${suffix}`;
  }

  /** The reference of an image as this host pulls it. */
  imageReference(reference: string): string {
    const prefix = this.props.registry?.replace(/^https?:\/\//, "").replace(/\/$/, "");
    return prefix ? `${prefix}/${reference}` : reference;
  }

  /** A provisioner that ends when the container it belongs to has reached the goal, and fails with its log lines. */
  awaits(goal: "healthy" | "serving" | "completed", seconds: number): LocalExecProvisioner {
    return this.runs(this.awaitScript, () => [goal, "${self.id}", String(seconds)]);
  }

  /** A provisioner that lets a container join networks, of those that are there. */
  joins(containerName: string, networks: () => readonly { readonly dockerName: string }[]): LocalExecProvisioner {
    return this.runs(this.joinScript, () => [containerName, ...networks().map(({ dockerName }) => dockerName)]);
  }

  /** A provisioner that makes every container leave a network. */
  empties(networkName: string): LocalExecProvisioner {
    return this.runs(this.emptyScript, () => [networkName]);
  }

  /** Notes a container as one of the environment's own. */
  add(containerName: string): void {
    this.containers.push(containerName);
  }

  /** Notes a volume's name, which must not be that of another environment's. */
  addVolume(name: string): void {
    this.volumes.push(name);
  }

  /** Names of the environment's containers, as references. */
  get containerNames(): string[] {
    return [...this.containers];
  }

  /** A provisioner that removes the environment's containers that no deploy knows of. */
  sweeps(): LocalExecProvisioner {
    return this.runs(this.sweepScript, () => [this.label, ...this.containers]);
  }

  /** A provisioner that runs a script on the Docker host, which is where `docker` means this engine. */
  private runs({ path }: TerraformAsset, words: () => string[]): LocalExecProvisioner {
    const args = Lazy.stringValue({ produce: () => words().join(" ") });
    const ssh = this.props.ssh;
    if (!ssh) {
      return { type: "local-exec", command: `sh ${path} ${args}`, environment: { DOCKER_HOST: this.address } };
    }
    const client = ["ssh", ...this.sshOptions(ssh), "-p", String(ssh.port), `${ssh.user}@${ssh.host}`].join(" ");
    return { type: "local-exec", command: `${client} sh -s ${args} <${path}` };
  }

  private scriptAsset(name: string): TerraformAsset {
    return new TerraformAsset(this, name, { path: join(__dirname, `${name}.sh`), type: AssetType.FILE });
  }

  private get address(): string {
    const { ssh, socket } = this.props;
    return ssh ? `ssh://${ssh.user}@${ssh.host}:${ssh.port}` : (socket ?? "unix:///var/run/docker.sock");
  }

  private sshOptions(ssh: SshAddress): string[] {
    return sshOptions(ssh, App.of(this).outdir, TerraformStack.of(this).node.id);
  }
}
