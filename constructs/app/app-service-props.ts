import type { Health, ImageSource, Resources } from "../runtime";
import type { Secret } from "../secret";
import type { Mountable } from "./connection";

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
