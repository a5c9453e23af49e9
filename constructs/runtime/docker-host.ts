import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DockerProvider } from "@cdktf/provider-docker/lib/provider";
import { App, AssetType, Fn, type LocalExecProvisioner, TerraformAsset, TerraformStack } from "cdktf";
import { Construct, type IConstruct } from "constructs";
import { InvalidInput } from "../invalid-input";
import { type SshAddress, sshOptions } from "./ssh";

/** Oldest and newest provider accepted: before 4.5 a plan deleted stopped containers. */
const PROVIDER_VERSION = ">= 4.5.0, < 5.0.0";

/** Docker's DNS serves container names, so they obey the limit of a DNS label (RFC 1035, 2.3.4). */
const LONGEST_NAME = 63;

export interface DockerHostProps {
  /** First part of the name of everything on the host: `<system>-<environment>`. */
  readonly prefix: string;

  /**
   * Where the engine is.
   *
   * @default - this machine's socket, unix:///var/run/docker.sock
   */
  readonly ssh?: SshAddress;

  /**
   * Registry put before every image reference, `host[:port][/path]`; with `http://` it is asked without TLS.
   *
   * @default - each image's own registry
   */
  readonly registry?: string;
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

  readonly prefix: string;
  private readonly props: DockerHostProps;
  private readonly awaitScript: TerraformAsset;

  constructor(stack: TerraformStack, props: DockerHostProps) {
    super(stack, "host");
    this.prefix = props.prefix;
    this.props = props;

    new DockerProvider(this, "docker", {
      host: this.address,
      sshOpts: props.ssh && this.sshOptions(props.ssh),
      registryAuth: props.registry?.startsWith("http://")
        ? [{ address: props.registry, authDisabled: true }]
        : undefined,
    });
    stack.addOverride("terraform.required_providers.docker", {
      source: "kreuzwerker/docker",
      version: PROVIDER_VERSION,
    });
    this.awaitScript = new TerraformAsset(this, "await", { path: join(__dirname, "await.sh"), type: AssetType.FILE });
  }

  /** The Docker name of a construct: the host's prefix and the construct's path inside the stack. */
  nameOf(construct: IConstruct): string {
    const ids = construct.node.scopes
      .slice(construct.node.scopes.indexOf(TerraformStack.of(construct)) + 1)
      .map((scope) => scope.node.id);
    const name = [this.prefix, ...ids].join("-");
    if (!/^[a-z0-9][a-z0-9-]*$/.test(name)) {
      throw new InvalidInput(
        construct,
        `id "${construct.node.id}" must have lower-case letters, digits and dashes only`,
      );
    }
    if (name.length > LONGEST_NAME) {
      throw new InvalidInput(
        construct,
        `Docker name "${name}" has ${name.length} characters, at most ${LONGEST_NAME} are allowed; shorten an id`,
      );
    }
    return name;
  }

  /**
   * A name that no earlier deploy has used, for containers created before their predecessor goes. It is the time of the
   * plan, so a failed release that is tried again and a rollback get new names too; the container must ignore changes
   * of its name.
   */
  uniqueNameOf(construct: IConstruct): string {
    const name = this.nameOf(construct);
    const stamp = "-261231235959";
    if (name.length + stamp.length > LONGEST_NAME) {
      throw new InvalidInput(
        construct,
        `Docker name "${name}" has ${name.length} characters, at most ${LONGEST_NAME - stamp.length} are allowed; shorten an id`,
      );
    }
    return `${name}-${Fn.formatdate("YYMMDDhhmmss", Fn.plantimestamp())}`;
  }

  /** The reference of an image as this host pulls it. */
  imageReference(reference: string): string {
    const prefix = this.props.registry?.replace(/^https?:\/\//, "").replace(/\/$/, "");
    return prefix ? `${prefix}/${reference}` : reference;
  }

  /** A provisioner that ends when the container it belongs to has reached the goal, and fails with its log lines. */
  awaits(goal: "healthy" | "completed", seconds: number): LocalExecProvisioner {
    const wait = `${goal} \${self.id} ${seconds}`;
    const ssh = this.props.ssh;
    if (!ssh) {
      return {
        type: "local-exec",
        command: `sh ${this.awaitScript.path} ${wait}`,
        environment: { DOCKER_HOST: this.address },
      };
    }
    const client = ["ssh", ...this.sshOptions(ssh), "-p", String(ssh.port), `${ssh.user}@${ssh.host}`].join(" ");
    return { type: "local-exec", command: `${client} sh -s ${wait} <${this.awaitScript.path}` };
  }

  private get address(): string {
    const { ssh } = this.props;
    return ssh ? `ssh://${ssh.user}@${ssh.host}:${ssh.port}` : "unix:///var/run/docker.sock";
  }

  /** Host keys are pinned in a file of their own, beside the stack: the user's known_hosts plays no part. */
  private sshOptions(ssh: SshAddress): string[] {
    const folder = join(App.of(this).outdir, "known_hosts");
    const file = TerraformStack.of(this).node.id;
    mkdirSync(folder, { recursive: true });
    const host = ssh.port === 22 ? ssh.host : `[${ssh.host}]:${ssh.port}`;
    writeFileSync(join(folder, file), ssh.hostKeys.map((key) => `${host} ${key}\n`).join(""));
    return sshOptions(`../../known_hosts/${file}`);
  }
}
