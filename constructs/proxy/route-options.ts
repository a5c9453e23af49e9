import type { Access } from "./access";
import type { RateLimit } from "./rate-limit";
import { type Duration, isDuration, isSize, type Size } from "./units";

/** What a route may be told, beside where it leads. */
export interface RouteOptions {
  /**
   * Host name of the requests.
   *
   * @default - the proxy's domain
   */
  readonly host?: string;

  /**
   * What the path is replaced by on the way to the service: `"/"` strips a prefix.
   *
   * @default - the path stays as it is
   */
  readonly to?: string;

  /**
   * Largest body of a request, as for an upload; a larger one gets 413.
   *
   * @default "10m"
   */
  readonly maxBody?: Size;

  /**
   * How long the service may be silent: before its answer, in the middle of it, and on a WebSocket.
   *
   * @default "5m"
   */
  readonly timeout?: Duration;

  /**
   * Give a request to the service when it is complete, and take up to 64 kB of an answer as fast as it comes, whether or not
   * the client is ready for it: for services that can't do anything else meanwhile. Bodies wait in 32 MB of memory that all
   * requests share, so `maxBody` should be small. Events may come late then.
   *
   * @default false
   */
  readonly buffering?: boolean;

  /**
   * How long browsers may keep an answer without asking again.
   *
   * @default - what the service says
   */
  readonly cache?: Duration;

  /**
   * Compress text, scripts and JSON for clients that can read it.
   *
   * @default true
   */
  readonly compression?: boolean;

  /**
   * Send a client to the same replica each time, by a cookie, for as long as the replica works.
   *
   * @default false
   */
  readonly sticky?: boolean;

  /** @default - the proxy's own limit, if it has one */
  readonly rateLimit?: RateLimit;

  /** @default - everyone */
  readonly access?: Access;
}

/** What is wrong with the options, if something is. */
export function mistakeIn({ maxBody, timeout, cache }: RouteOptions): string | undefined {
  if (maxBody !== undefined && !isSize(maxBody)) return `maxBody "${maxBody}" must be a size, like "50m"`;
  if (timeout !== undefined && !isDuration(timeout)) return `timeout "${timeout}" must be a time, like "90s" or "5m"`;
  if (cache !== undefined && !isDuration(cache)) return `cache "${cache}" must be a time, like "10m" or "365d"`;
  return undefined;
}
