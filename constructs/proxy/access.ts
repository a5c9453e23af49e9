import { isIP } from "node:net";
import type { Secret } from "../secret";

/** A name and what proves it. */
export interface Login {
  readonly user: string;
  readonly password: Secret;
  /** Whether the service gets it too. */
  readonly passOn: boolean;
}

/** Who may use a route. */
export class Access {
  /**
   * Clients with one of these addresses, or out of one of these networks like `10.0.0.0/8`.
   *
   * @throws Error when one of them is no address
   */
  static allow(networks: readonly string[]): Access {
    if (networks.length === 0)
      throw new Error(
        "access: allow has no address, so nobody could use the route; if that is meant, write Access.nobody()",
      );
    for (const network of networks) checkNetwork("access", network);
    return new Access(networks);
  }

  /** No client at all, as for a service's metrics: 403, in every spelling of the path. */
  static nobody(): Access {
    return new Access([], undefined, true);
  }

  /**
   * Clients who know the password.
   *
   * @param options.passOn whether the service gets the password too, in `Authorization`; by default it doesn't
   * @throws Error when the user's name has other characters than letters, digits, dots, dashes and underscores
   */
  static basicAuth(user: string, password: Secret, options: { readonly passOn?: boolean } = {}): Access {
    if (!/^[\w.-]+$/.test(user)) {
      throw new Error(`access: user "${user}" must have letters, digits, dots, dashes and underscores only`);
    }
    return new Access([], { user, password, passOn: options.passOn ?? false });
  }

  private constructor(
    readonly networks: readonly string[],
    readonly login?: Login,
    readonly closed = false,
  ) {}
}

/** @throws Error when it is neither an address nor a network */
export function checkNetwork(what: string, network: string): void {
  const [address = "", bits, ...rest] = network.split("/");
  const width = { 4: 32, 6: 128 }[isIP(address)];
  const fits = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (width ?? 0));
  if (!width || !fits || rest.length > 0) {
    throw new Error(`${what}: "${network}" is no address; write one like "192.0.2.7", "10.0.0.0/8" or "2001:db8::/32"`);
  }
}
