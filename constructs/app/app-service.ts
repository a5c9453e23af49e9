import { type ITerraformDependable, TerraformStack, Token } from "cdktf";
import { Construct } from "constructs";
import type { BackupService } from "../backup/backup-service";
import { InvalidInput } from "../invalid-input";
import { type Attachment, Image, Job, type Mount, Network, Replacement, Service, volumeOwner } from "../runtime";
import { checkOwners, checkProps } from "./app-checks";
import type { AppServiceProps } from "./app-service-props";
import type { Connectable, Connection, Routable } from "./connection";

/** An application in a container: replaced without a lost request, and only by a release that works. */
export class AppService extends Construct implements Connectable, Routable {
  readonly port?: number;
  readonly probe?: string;

  private readonly aliases: string[] = [];
  readonly network = Network.own(this);
  private readonly networks: Attachment[] = [{ network: this.network, aliases: this.aliases }];
  private readonly environment: Record<string, string> = {};
  private readonly releaseEnvironment: Record<string, string> = {};
  private readonly origins = new Map<string, string>();
  private readonly targets: Connectable[] = [];
  private readonly service: Service;
  private readonly release?: Job;

  constructor(scope: Construct, id: string, props: AppServiceProps) {
    super(scope, id);
    checkProps(this, props);
    this.port = props.port;
    this.probe = props.health.path;
    for (const [name, value] of Object.entries(props.environment ?? {})) {
      this.setEnvironment(name, literal(value), "environment");
    }
    for (const [name, secret] of Object.entries(props.secrets ?? {})) {
      this.setEnvironment(name, secret.valueIn(this), "secrets");
    }

    const workload = {
      image: new Image(this, "image", props.image),
      command: props.command,
      environment: this.environment,
      user: props.user ?? "10001:10001",
      readOnlyRoot: props.readOnlyRoot,
      networks: this.networks,
      mounts: Object.entries(props.volumes ?? {}).map(([path, volume]): Mount => ({ volume, path })),
      tmpfs: { "/tmp": "rw,noexec,nosuid,size=64m" },
      resources: props.resources,
    };
    this.service = new Service(
      this,
      "service",
      { ...workload, port: props.port, health: props.health, stopSeconds: props.stopSeconds },
      { replacement: Replacement.START_FIRST, replicas: props.replicas },
    );
    if (props.release) {
      this.release = new Job(this, "release", { ...workload, environment: this.releaseEnvironment, ...props.release });
      this.service.startAfter(this.release);
    }
    const volumes = [...new Set(Object.values(props.volumes ?? {}))];
    checkOwners(this, volumes, workload.user);
    if (volumes.length > 0) {
      this.startAfter(volumeOwner(this, { image: workload.image, user: workload.user, volumes }));
    }
    for (const { backup } of volumes) this.writes(backup);
  }

  /**
   * Join the other's network, learn its address and credentials from the environment, and start after it.
   *
   * @param options.as variable to learn them from, `DATABASE_URL` for a database by default
   * @throws InvalidInput when the two are in different environments or already need each other
   */
  connectTo(target: Connectable, options: { readonly as?: string } = {}): void {
    if (TerraformStack.of(target) !== TerraformStack.of(this)) {
      throw new InvalidInput(this, `cannot connect to ${target.node.path}: it is in another environment`);
    }
    const circle = circleFrom(target, this);
    if (circle) {
      throw new InvalidInput(
        this,
        `cannot connect to ${target.node.path}: ${[this, ...circle].map((app) => app.node.id).join(" → ")} is a circle, and none of them could start first; remove one connectTo`,
      );
    }
    this.targets.push(target);
    const { network, environment, releaseEnvironment = {}, startAfter, backup } = target.connection();
    if (!this.networks.some((attachment) => attachment.network === network)) this.networks.push({ network });
    for (const [name, value] of Object.entries(environment)) {
      this.setEnvironment(options.as ?? name, value, `the connection to ${target.node.path}`);
    }
    for (const [name, value] of Object.entries(releaseEnvironment)) {
      this.releaseEnvironment[options.as ?? name] = value;
    }
    this.startAfter(...startAfter);
    this.writes(backup);
  }

  /** What others reach it by: `<ID>_URL`, an address that only containers of this very release answer to. */
  connection(): Connection {
    if (!this.port) throw new InvalidInput(this, "cannot be connected to: it has no port; add `port: …`");
    const alias = `${this.node.id}-${this.service.fingerprint}`;
    if (this.aliases.length === 0) this.aliases.push(alias);
    const variable = `${this.node.id.toUpperCase().replaceAll("-", "_")}_URL`;
    return {
      network: this.network,
      environment: { [variable]: `http://${alias}:${this.port}` },
      startAfter: this.service.dependables,
    };
  }

  get containerNames(): string[] {
    return this.service.containerNames;
  }

  /** Data that is restored while this application stands still, and backed up before a release of it. */
  private writes(backup: BackupService | undefined): void {
    backup?.addWriter(this, this.release);
    const before = backup?.beforeRelease(this, this.service.fingerprint);
    if (before) (this.release ?? this.service).startAfter(before);
  }

  private startAfter(...dependencies: ITerraformDependable[]): void {
    this.service.startAfter(...dependencies);
    this.release?.startAfter(...dependencies);
  }

  private setEnvironment(name: string, value: string, origin: string): void {
    const other = this.origins.get(name);
    if (other) {
      throw new InvalidInput(
        this,
        `environment variable ${name} is set by ${other} and by ${origin}; remove one, or name the connection's with \`{ as: … }\``,
      );
    }
    this.origins.set(name, origin);
    this.environment[name] = value;
    this.releaseEnvironment[name] = value;
  }

  /** @internal */
  get connectedTo(): readonly Connectable[] {
    return this.targets;
  }
}

/** Text as it is: without this, Terraform would take `${…}` in it for an expression. */
function literal(value: string): string {
  return Token.isUnresolved(value) ? value : value.replaceAll("${", () => "$${").replaceAll("%{", () => "%%{");
}

/** The way from one application to another along their connections, if there is one. */
function circleFrom(from: Connectable, to: AppService): Connectable[] | undefined {
  if (from === to) return [from];
  if (!(from instanceof AppService)) return undefined;
  for (const next of from.connectedTo) {
    const rest = circleFrom(next, to);
    if (rest) return [from, ...rest];
  }
  return undefined;
}
