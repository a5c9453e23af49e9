import type { Health } from "./health";
import type { Image } from "./image";
import type { Resources } from "./resources";

/** A container's place in a network. */
export interface Attachment {
  readonly network: { readonly networkName: string };
  /** Names beside the container's own under which the network's other containers find it. */
  readonly aliases?: readonly string[];
}

/** A volume inside a container. */
export interface Mount {
  readonly volume: { readonly volumeName: string };
  readonly path: string;
  /** @default false */
  readonly readOnly?: boolean;
}

/** Address that only the host itself reaches. */
export const LOOPBACK = "127.0.0.1";

/** A port of the container made reachable through a port of the host. */
export interface PublishedPort {
  readonly container: number;
  readonly host: number;
  /**
   * Address of the host it is bound to. Docker's published ports bypass the host's firewall.
   *
   * @default 127.0.0.1
   */
  readonly address?: string;
}

/**
 * What a container is, in words that fit any runtime. Whatever is left out has the safe choice: no capability, no
 * privilege to gain, a read-only root filesystem, bounded memory, CPU and logs.
 */
export interface Workload {
  readonly image: Image;

  /** @default - the image's command */
  readonly command?: readonly string[];

  /** @default - the image's entrypoint */
  readonly entrypoint?: readonly string[];

  /** Values may be Terraform expressions, sensitive ones too. */
  readonly environment?: Readonly<Record<string, string>>;

  /** User the container runs as, by name or `uid:gid`. */
  readonly user: string;

  readonly networks?: readonly Attachment[];
  readonly mounts?: readonly Mount[];

  /** Folders in memory, by path, with their mount options. */
  readonly tmpfs?: Readonly<Record<string, string>>;

  readonly ports?: readonly PublishedPort[];
  readonly resources?: Resources;

  /**
   * Linux capabilities kept, like `CHOWN`.
   *
   * @default - none
   */
  readonly capabilities?: readonly string[];

  /** @default true */
  readonly readOnlyRoot?: boolean;

  /**
   * Run a small init as process 1, which passes signals on and reaps zombies.
   *
   * @default true
   */
  readonly init?: boolean;

  /**
   * Give way to all other containers when the processor is busy.
   *
   * @default false
   */
  readonly background?: boolean;

  /** Shared memory, in MiB. @default - Docker's, 64 */
  readonly sharedMemory?: number;
}

/** A workload that runs until it is replaced. */
export interface ServiceWorkload extends Workload {
  readonly health: Health;

  /** Port the health check asks. */
  readonly port?: number;

  /** @default - the image's, or SIGTERM */
  readonly stopSignal?: string;

  /**
   * Seconds between the stop signal and the kill.
   *
   * @default 30
   */
  readonly stopSeconds?: number;
}
