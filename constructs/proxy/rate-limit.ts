/** Requests in a second or a minute. */
export type Rate = `${number}/s` | `${number}/m`;

export interface RateLimitOptions {
  readonly rate: Rate;

  /**
   * Requests that may come at once on top of the rate.
   *
   * @default 0
   */
  readonly burst?: number;
}

/**
 * How many requests a client may send; whatever is more gets 429. Routes with the same limit, the very same object, count
 * together.
 */
export class RateLimit {
  /**
   * For each client address.
   *
   * @throws Error when the rate or the burst is none
   */
  static perClient({ rate, burst = 0 }: RateLimitOptions): RateLimit {
    const [, count, unit] = /^([1-9]\d*)\/([sm])$/.exec(rate) ?? [];
    if (!count) {
      throw new Error(`rate limit: rate "${rate}" must be requests in a second or a minute, like "10/s" or "5/m"`);
    }
    if (!Number.isInteger(burst) || burst < 0) {
      throw new Error(`rate limit: burst must be a whole number of at least 0, got ${burst}`);
    }
    return new RateLimit(`${count}r/${unit}`, burst);
  }

  private constructor(
    /** As Nginx writes it. */
    readonly rate: string,
    readonly burst: number,
  ) {}
}
