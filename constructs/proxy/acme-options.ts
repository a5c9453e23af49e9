import type { Construct } from "constructs";
import { InvalidInput } from "../invalid-input";
import type { DataVolumeProps } from "../runtime";
import type { Secret } from "../secret";
import type { AcmeChallenge } from "./acme-challenge";

export const LETS_ENCRYPT = "https://acme-v02.api.letsencrypt.org/directory";

export interface AcmeOptions {
  /** Whom the ACME server may write to. */
  readonly email: string;

  /**
   * The ACME server's directory.
   *
   * @default - Let's Encrypt's
   */
  readonly server?: string;

  /**
   * PEM file of the authority that the ACME server's own certificate is from, for one in a private network.
   *
   * @default - the public authorities
   */
  readonly serverCa?: string;

  /**
   * The ticket that some servers, like ZeroSSL's and Google's, give to the account of a customer.
   *
   * @default - none
   */
  readonly externalAccount?: { readonly keyId: Secret; readonly hmacKey: Secret };

  /** @default AcmeChallenge.http() */
  readonly challenge?: AcmeChallenge;

  /**
   * Domains that have one certificate together with all names directly below. It takes a DNS challenge.
   *
   * @default - none: a certificate for each host name
   */
  readonly wildcards?: readonly string[];

  /**
   * Version of lego, as in the tag of its official image.
   *
   * @default "v4.35.2"
   */
  readonly version?: string;

  /**
   * The volume of accounts and certificates. It is protected like data: servers bound how many certificates they sign
   * for a domain in a week.
   */
  readonly state?: DataVolumeProps;
}

/** @throws InvalidInput when one of the options can't be right */
export function checkAcmeOptions(scope: Construct, options: AcmeOptions): void {
  const { email, server = LETS_ENCRYPT, wildcards = [], challenge } = options;
  if (!/^[^\s@/]+@[^\s@/]+$/.test(email)) {
    throw new InvalidInput(scope, `email "${email}" must be an address, like "ops@example.com"`);
  }
  if (!URL.canParse(server) || new URL(server).protocol !== "https:") {
    throw new InvalidInput(scope, `server "${server}" must be the URL of an ACME directory, like "${LETS_ENCRYPT}"`);
  }
  if (wildcards.length > 0 && (!challenge || challenge.answers)) {
    throw new InvalidInput(scope, "wildcards take a DNS challenge; add `challenge: AcmeChallenge.dns(…)`");
  }
  const odd = wildcards.find((domain) => !/^[a-z0-9][a-z0-9.-]*\.[a-z0-9-]+$/.test(domain));
  if (odd !== undefined) {
    throw new InvalidInput(scope, `wildcard "${odd}" must be a domain without the star, like "example.com"`);
  }
}

/** @throws InvalidInput when the server signs nothing for one of the hosts; returns no mistakes, as validations do */
export function checkAcmeHosts(scope: Construct, { server }: AcmeOptions, hosts: readonly string[]): string[] {
  const inner = hosts.find((host) => !host.includes(".") || /\.(localhost|local|internal|test|example)$/.test(host));
  if (server || inner === undefined) return [];
  throw new InvalidInput(
    scope,
    `"${inner}" is no public name, and Let's Encrypt signs no other; use Tls.selfSigned() there, or name a server`,
  );
}
