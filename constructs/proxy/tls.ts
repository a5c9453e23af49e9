import type { Secret } from "../secret";
import { AcmeCertificates } from "./acme";
import type { AcmeOptions } from "./acme-options";
import type { CertificatesIn } from "./certificates";
import { FileCertificate } from "./file-certificate";
import { SELF_SIGNED } from "./self-signed";

/** Where the proxy's certificates come from. */
export class Tls {
  /**
   * Certificates from an ACME server, Let's Encrypt unless another is named: one for each host name, so that a name whose
   * DNS is wrong keeps no other from its certificate. Until the first is there, a self-signed one takes its place.
   */
  static acme(options: AcmeOptions): Tls {
    return new Tls((proxy, props) => new AcmeCertificates(proxy, "acme", { ...options, ...props }));
  }

  /**
   * A certificate that was bought or made elsewhere, for all host names.
   *
   * @param certificate path of a PEM file: the certificate first, then its chain
   * @param key its private key as PEM, or as PEM in base64: a line of a secrets file has no room for lines
   */
  static files(certificate: string, key: Secret): Tls {
    return new Tls((proxy, props) => new FileCertificate(proxy, "certificate", { ...props, certificate, key }));
  }

  /**
   * A certificate the proxy makes for itself, for an environment that only its developers visit: browsers warn about
   * it. It is kept, and made again when it is about to end or lacks a host name.
   */
  static selfSigned(): Tls {
    return new Tls(() => SELF_SIGNED);
  }

  /**
   * HTTP alone, behind a CDN or load balancer that speaks HTTPS with clients. Applications are told that the client's
   * request was HTTPS, so whoever is in front must redirect the others.
   */
  static off(): Tls {
    return new Tls();
  }

  private constructor(
    /** @internal */
    readonly certificatesIn?: CertificatesIn,
  ) {}
}
