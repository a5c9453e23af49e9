import type { Construct } from "constructs";
import {
  type Health,
  Image,
  ImageSource,
  Job,
  type Mount,
  Network,
  Replacement,
  type Resources,
  SecretVolume,
  Service,
} from "../runtime";
import type { Secret } from "../secret";

export interface DataServerProps {
  /** Official image, like `postgres:18`. */
  readonly image: string;

  /** Secrets by the name of their file in `/run/secrets`. */
  readonly secrets: Readonly<Record<string, Secret>>;

  /**
   * Whether the server takes its secrets from their files at every start, so that a changed one replaces it.
   *
   * @default false
   */
  readonly readsSecretsAtStart?: boolean;

  /** @default - nothing is kept */
  readonly data?: Mount;

  readonly entrypoint?: readonly string[];
  readonly command: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly user: string;
  readonly tmpfs: Readonly<Record<string, string>>;
  readonly resources: Resources;
  readonly sharedMemory?: number;
  readonly health: Health;
  readonly stopSignal?: string;
  readonly stopSeconds?: number;

  /** The job that waits for the server, and makes it what the code says. `host` is the name of this very server. */
  readonly ready: (host: string) => {
    readonly script: string;
    readonly environment?: Readonly<Record<string, string>>;
    readonly memory: number;
    readonly timeoutSeconds: number;
  };
}

export interface DataServer {
  readonly network: Network;
  readonly secrets: SecretVolume;
  /** Name the server has for ever. */
  readonly host: string;
  /** Done when the server of this deploy can be used. */
  readonly ready: Job;
}

/** A server of data as children of `scope`: alone in a network of its own, one at a time, and ready before it is used. */
export function dataServer(scope: Construct, props: DataServerProps): DataServer {
  const network = new Network(scope, "network", { internal: true });
  const image = new Image(scope, "image", ImageSource.official(props.image));
  const secrets = new SecretVolume(scope, "secrets", { image, files: props.secrets });
  const secretFiles = { volume: secrets, path: "/run/secrets", readOnly: true };

  // Every deploy that restarts the server waits for the new one, so that one has a name the old one never had.
  const aliases: string[] = [];
  const server = new Service(
    scope,
    "server",
    {
      image,
      entrypoint: props.entrypoint,
      command: props.command,
      environment: props.environment,
      user: props.user,
      networks: [{ network, aliases }],
      mounts: [...(props.data ? [props.data] : []), secretFiles],
      tmpfs: props.tmpfs,
      resources: props.resources,
      sharedMemory: props.sharedMemory,
      health: props.health,
      stopSignal: props.stopSignal,
      stopSeconds: props.stopSeconds,
    },
    { replacement: Replacement.STOP_FIRST, replacedWith: props.readsSecretsAtStart ? [secrets] : undefined },
  );
  server.startAfter(secrets);
  const generation = `${server.hostName}-${server.fingerprint}`;
  aliases.push(generation);

  const { script, environment, memory, timeoutSeconds } = props.ready(generation);
  const ready = new Job(scope, "ready", {
    image,
    entrypoint: ["sh", "-c"],
    command: [script],
    environment,
    user: props.user,
    networks: [{ network }],
    mounts: [secretFiles],
    tmpfs: { "/tmp": "rw,noexec,nosuid,size=1m" },
    resources: { memory },
    timeoutSeconds,
    replacedWith: [secrets],
  });
  return { network, secrets, host: server.hostName, ready };
}
