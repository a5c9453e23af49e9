import { type ITerraformDependable, TerraformStack, Token } from "cdktf";
import { Construct } from "constructs";
import type { BackupService } from "../backup/backup-service";
import { InvalidInput } from "../invalid-input";
import {
  type Attachment,
  type Health,
  Image,
  type ImageSource,
  Job,
  type Mount,
  Network,
  Replacement,
  type Resources,
  Service,
  volumeOwner,
} from "../runtime";
import type { Secret } from "../secret";
import type { Connectable, Connection, Mountable, Routable } from "./connection";

/** A name, or numbers above 0; what Docker reads as root in other ways, like +0, is neither. */
const USER = /^([a-z_][\w-]*|[1-9]\d*)(:([a-z_][\w-]*|\d+))?$/;

export interface AppServiceProps {
  readonly image: ImageSource;

  /** @default - the image's command */
  readonly command?: readonly string[];

  /**
   * Port the application listens on.
   *
   * @default - none: it is reached by nobody, like a queue worker
   */
  readonly port?: number;

  /** How to tell that it works. A deploy goes on only when every new container is healthy. */
  readonly health: Health;

  /** Plain settings. Never a secret: they are readable in the plan. */
  readonly environment?: Readonly<Record<string, string>>;

  /** Secrets by the name of the variable the application reads. */
  readonly secrets?: Readonly<Record<string, Secret>>;

  /**
   * Containers that share the work.
   *
   * @default 1
   */
  readonly replicas?: number;

  /** @default - 256 MiB of memory and one core for each container */
  readonly resources?: Resources;

  /**
   * What runs once before each release, in the release's own image and environment, like a migration. If it fails, the
   * release before goes on serving.
   *
   * @default - nothing
   */
  readonly release?: ReleaseJob;

  /** Volumes by the path the application finds them at. */
  readonly volumes?: Readonly<Record<string, Mountable>>;

  /**
   * User and group the application runs as, `uid:gid`.
   *
   * @default "10001:10001"
   */
  readonly user?: string;

  /**
   * Whether the application can write to nothing but its volumes and `/tmp`.
   *
   * @default true
   */
  readonly readOnlyRoot?: boolean;

  /**
   * Seconds the application has to finish its requests after SIGTERM.
   *
   * @default 30
   */
  readonly stopSeconds?: number;
}

export interface ReleaseJob {
  readonly command: readonly string[];

  /**
   * Seconds it may take.
   *
   * @default 600
   */
  readonly timeoutSeconds?: number;
}

/** An application in a container: replaced without a lost request, and only by a release that works. */
export class AppService extends Construct implements Connectable, Routable {
  readonly port?: number;
  readonly probe?: string;

  private readonly aliases: string[] = [];
  readonly network = Network.own(this);
  private readonly networks: Attachment[] = [{ network: this.network, aliases: this.aliases }];
  private readonly environment: Record<string, string> = {};
  private readonly origins = new Map<string, string>();
  private readonly targets: Connectable[] = [];
  private readonly service: Service;
  private readonly release?: Job;

  constructor(scope: Construct, id: string, props: AppServiceProps) {
    super(scope, id);
    if (props.release && props.release.command.length === 0) {
      throw new InvalidInput(this, 'release has an empty command; write it in parts, like ["python", "migrate.py"]');
    }
    const { user } = props;
    if (user !== undefined && (!USER.test(user) || /^root(:|$)/.test(user))) {
      const mistake = user === "" || !/^(root|[+-]?0+)(:|$)/.test(user) ? "is no name or uid:gid" : "is root";
      throw new InvalidInput(this, `user "${user}" ${mistake}; give another, like the default "10001:10001"`);
    }
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
      this.release = new Job(this, "release", { ...workload, ...props.release });
      this.service.startAfter(this.release);
    }
    const volumes = [...new Set(Object.values(props.volumes ?? {}))];
    const stranger = volumes.find(({ user }) => user !== undefined && user !== workload.user);
    if (stranger) {
      throw new InvalidInput(
        this,
        `runs as ${workload.user}, but the files of one of its volumes belong to ${stranger.user}; give both the same \`user\``,
      );
    }
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
    const { network, environment, startAfter, backup } = target.connection();
    if (!this.networks.some((attachment) => attachment.network === network)) this.networks.push({ network });
    for (const [name, value] of Object.entries(environment)) {
      this.setEnvironment(options.as ?? name, value, `the connection to ${target.node.path}`);
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
