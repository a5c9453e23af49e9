import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import type { ConfigVolume, Image, Mount } from "../runtime";

/** A certificate and the host names it is for; one of them may be a wildcard. */
export interface CertificateModel {
  readonly name: string;
  readonly hosts: readonly string[];
}

/** What a proxy tells of itself to whoever sees to its certificates. */
export interface CertificatesProps {
  /** The proxy's own image, which has a shell and openssl. */
  readonly image: Image;
  /** Volume in which `current/certificates` lists the certificates. */
  readonly config: ConfigVolume;
  /** The environment's volume of metrics. */
  readonly metrics: Mount;
  /** Host names the proxy answers to, known when everything is. */
  readonly hosts: () => readonly string[];
}

/** Where the certificates of a proxy come from. */
export interface Certificates {
  /** The certificates it takes to serve these hosts. */
  models(hosts: readonly string[]): readonly CertificateModel[];

  /** Shell function for certificates.sh that prints a certificate with its key. */
  readonly offered: string;

  /** Files of a release of the proxy's configuration. */
  readonly files?: Readonly<Record<string, string>>;

  /** What the proxy's container needs. */
  readonly mounts?: readonly Mount[];
  readonly dependencies?: readonly ITerraformDependable[];

  /** Folder in the proxy's container with the answers for an ACME server. */
  readonly challenges?: string;
}

/** What others than the proxy itself offer lies in a volume at this path. */
export const ISSUED = "/issued";
export const OFFERED_IN_VOLUME = `offered() { cat "${ISSUED}/$2.pem"; }`;

export type CertificatesIn = (proxy: Construct, props: CertificatesProps) => Certificates;

/** Where a certificate of the proxy in use is, with its key. */
export function certificatePath({ name }: CertificateModel): string {
  return `/certificates/${name}.pem`;
}

/** The list that certificates.sh and acme.sh read: a line for each certificate, its name first. */
export function certificateList(models: readonly CertificateModel[]): string {
  return models.map(({ name, hosts }) => `${[name, ...hosts].join(" ")}\n`).join("");
}
