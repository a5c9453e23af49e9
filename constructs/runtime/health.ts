export interface HealthOptions {
  /**
   * Seconds between two checks of a running container.
   *
   * @default 10
   */
  readonly intervalSeconds?: number;

  /**
   * Seconds after which a check that has not answered counts as failed.
   *
   * @default 5
   */
  readonly timeoutSeconds?: number;

  /**
   * Failed checks in a row that make a running container unhealthy.
   *
   * @default 3
   */
  readonly retries?: number;

  /**
   * Seconds a new container has to become healthy. A deploy gives up on it after that.
   *
   * @default 60
   */
  readonly startSeconds?: number;
}

/** How to tell that a container does its work. */
export class Health {
  /**
   * Healthy when `GET path` on the service's own port answers with a status below 400. The check runs inside the
   * container with whichever of curl, wget, python3 and node the image has; an image with none of them needs
   * {@link Health.command}.
   */
  static http(path: string, options: HealthOptions = {}): Health {
    if (!/^\/[\w\-./~%?&=+]*$/.test(path)) {
      throw new Error(`health path "${path}" must start with "/" and have no spaces or quotes, like "/health"`);
    }
    return new Health((port) => ["CMD-SHELL", httpProbe(port, path, options.timeoutSeconds ?? 5)], options, path);
  }

  /** Healthy when the command exits with 0 inside the container. One string is run by the container's shell. */
  static command(command: string | readonly string[], options: HealthOptions = {}): Health {
    const test = typeof command === "string" ? ["CMD-SHELL", command] : ["CMD", ...command];
    return new Health(() => test, options);
  }

  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  readonly retries: number;
  readonly startSeconds: number;

  private constructor(
    private readonly test: (port: number) => string[],
    options: HealthOptions,
    /** Path that is asked over HTTP, if it is HTTP. */
    readonly path?: string,
  ) {
    this.intervalSeconds = positive("intervalSeconds", options.intervalSeconds ?? 10);
    this.timeoutSeconds = positive("timeoutSeconds", options.timeoutSeconds ?? 5);
    this.retries = positive("retries", options.retries ?? 3);
    this.startSeconds = positive("startSeconds", options.startSeconds ?? 60);
  }

  /** The test in Docker's form, for a service that listens on `port`. */
  testFor(port = 0): string[] {
    return this.test(port);
  }
}

function positive(name: string, value: number): number {
  if (!Number.isInteger(value) || value < 1) {
    throw new Error(`health ${name} must be a whole number of at least 1, got ${value}`);
  }
  return value;
}

function httpProbe(port: number, path: string, seconds: number): string {
  const url = `http://127.0.0.1:${port}${path}`;
  return [
    `if command -v curl; then exec curl -fsS -m ${seconds} -o /dev/null '${url}'; fi`,
    `if command -v wget; then exec wget -q -T ${seconds} -O /dev/null '${url}'; fi`,
    `if command -v python3; then exec python3 -c "import urllib.request as u; u.urlopen('${url}', timeout=${seconds})"; fi`,
    `if command -v node; then exec node -e "fetch('${url}').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"; fi`,
    "echo 'no curl, wget, python3 or node in this image: use Health.command'; exit 1",
  ].join("; ");
}
