import type { Secret } from "../secret";
import { ISSUED } from "./certificates";

const ANSWERS = `${ISSUED}/challenges`;

export interface DnsChallengeOptions {
  /**
   * The provider's variables that are secret, as https://go-acme.github.io/lego/dns/ calls them. They reach lego as files.
   *
   * @default - none
   */
  readonly credentials?: Readonly<Record<string, Secret>>;

  /**
   * The provider's other variables, like `OVH_ENDPOINT`.
   *
   * @default - none
   */
  readonly settings?: Readonly<Record<string, string>>;

  /**
   * Wait so many seconds for the record to spread, instead of asking the zone's name servers for it.
   *
   * @default - they are asked
   */
  readonly waitSeconds?: number;
}

/** How an ACME server is shown that a host name is ours. */
export class AcmeChallenge {
  /** An answer on port 80 of the host name (HTTP-01). */
  static http(): AcmeChallenge {
    return new AcmeChallenge(["--http", "--http.webroot", ANSWERS], ANSWERS);
  }

  /**
   * A record in the name's DNS zone (DNS-01): the only way to a wildcard, and to a host that the internet can't reach.
   *
   * @param provider code of the DNS provider, as https://go-acme.github.io/lego/dns/ lists it
   * @throws Error when the provider's code or a variable's name can't be one
   */
  static dns(provider: string, options: DnsChallengeOptions = {}): AcmeChallenge {
    const { credentials = {}, settings = {}, waitSeconds } = options;
    if (!/^[a-z0-9-]+$/.test(provider)) {
      throw new Error(`DNS provider "${provider}" must be a code of https://go-acme.github.io/lego/dns/, like "ovh"`);
    }
    for (const name of Object.keys({ ...credentials, ...settings })) {
      if (!/^[A-Z][A-Z0-9_]*$/.test(name) || name.endsWith("_FILE")) {
        throw new Error(
          `variable "${name}" of DNS provider ${provider} must read like "OVH_APPLICATION_KEY", without "_FILE"`,
        );
      }
    }
    if (waitSeconds !== undefined && !(Number.isInteger(waitSeconds) && waitSeconds > 0)) {
      throw new Error(
        `waitSeconds of DNS provider ${provider} must be a whole number of at least 1, got ${waitSeconds}`,
      );
    }
    const wait = waitSeconds === undefined ? [] : ["--dns.propagation-wait", `${waitSeconds}s`];
    return new AcmeChallenge(["--dns", provider, ...wait], undefined, credentials, settings);
  }

  private constructor(
    /** @internal */
    readonly legoOptions: readonly string[],
    /** Folder in the proxy's container with the answers. @internal */
    readonly answers?: string,
    /** @internal */
    readonly credentials: Readonly<Record<string, Secret>> = {},
    /** @internal */
    readonly settings: Readonly<Record<string, string>> = {},
  ) {}
}
