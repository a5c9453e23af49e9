import { createPrivateKey, X509Certificate } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { App, type ITerraformDependable, TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { InvalidInput } from "../invalid-input";
import { Job, type Mount, Volume } from "../runtime";
import { script } from "../runtime/script";
import type { Secret } from "../secret";
import {
  type CertificateModel,
  type Certificates,
  type CertificatesProps,
  ISSUED,
  OFFERED_IN_VOLUME,
} from "./certificates";

const PAIR_SCRIPT = script(join(__dirname, "pair.sh"));

export interface FileCertificateProps extends CertificatesProps {
  readonly certificate: string;
  readonly key: Secret;
}

/**
 * A certificate in a file of the project, for all hosts. It goes to the proxy together with its key, which is a secret, by
 * a job that fails when the two don't belong together.
 */
export class FileCertificate extends Construct implements Certificates {
  readonly offered = OFFERED_IN_VOLUME;
  /** Makes a new certificate a new release, so that a deploy waits until it is served. */
  readonly files: Readonly<Record<string, string>>;
  readonly mounts: readonly Mount[];
  readonly dependencies: readonly ITerraformDependable[];

  private readonly certificate: X509Certificate;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: FileCertificateProps,
  ) {
    super(scope, id);
    const chain = this.read();
    this.certificate = this.parsed(chain);
    this.checkKey();
    this.files = { "fullchain.pem": chain };
    const volume = new Volume(this, "volume");
    const job = new Job(this, "write", {
      image: props.image,
      anyImage: true,
      entrypoint: ["sh"],
      command: ["/pair.sh", props.key.name],
      // Root without any capability: it owns a new volume's top folder.
      user: "0:0",
      files: () => [
        { path: "/pair.sh", content: PAIR_SCRIPT },
        { path: "/pair/fullchain.pem", content: chain },
        { path: "/pair/key", content: props.key.valueIn(this) },
      ],
      mounts: [{ volume, path: "/volume" }],
      resources: { memory: 32 },
    });
    props.config.startAfter(job);
    this.mounts = [{ volume, path: ISSUED, readOnly: true }];
    this.dependencies = [job];
    this.node.addValidation({ validate: () => this.checkHosts(props.hosts()) });
  }

  models(hosts: readonly string[]): readonly CertificateModel[] {
    return [{ name: "files", hosts }];
  }

  private read(): string {
    try {
      return readFileSync(this.props.certificate, "utf8");
    } catch (error) {
      throw new InvalidInput(this, `cannot read the certificate: ${(error as Error).message}`);
    }
  }

  private parsed(chain: string): X509Certificate {
    const { certificate: path } = this.props;
    if (chain.includes("PRIVATE KEY")) {
      throw new InvalidInput(
        this,
        `${path} has a private key in it; keep the certificate alone, and the key as a secret`,
      );
    }
    // The certificate, and those of its chain; some write a text in front of each.
    const pems = chain.match(/-----BEGIN CERTIFICATE-----.*?(-----END CERTIFICATE-----|$)/gs) ?? [chain];
    const [certificate] = pems.map((pem, index) => {
      try {
        return new X509Certificate(pem);
      } catch {
        const what = index === 0 ? "is no certificate" : `has, as number ${index + 1}, no certificate`;
        throw new InvalidInput(this, `${path} ${what} in PEM form ("-----BEGIN CERTIFICATE-----")`);
      }
    }) as [X509Certificate];
    if (new Date(certificate.validTo) < new Date()) {
      throw new InvalidInput(this, `${path} has expired on ${certificate.validTo}; renew it`);
    }
    return certificate;
  }

  /** Where the key is in a file; cdktf shows us none of Terraform's variables, but the job will see it. */
  private checkKey(): void {
    const { certificate: path, key } = this.props;
    const value = this.keyAtSynth();
    if (!value) return;
    let matches: boolean;
    try {
      matches = this.certificate.checkPrivateKey(createPrivateKey(Buffer.from(value, "base64")));
    } catch {
      throw new InvalidInput(
        this,
        `secret ${key.name} is no private key; set it to what \`openssl base64 -A -in <key file>\` prints`,
      );
    }
    if (!matches) throw new InvalidInput(this, `${path} does not match its key, the secret ${key.name}`);
  }

  private keyAtSynth(): string | undefined {
    const { name } = this.props.key;
    const file = join(App.of(this).outdir, "stacks", TerraformStack.of(this).node.id, "secrets.auto.tfvars");
    const variables = existsSync(file) ? readFileSync(file, "utf8") : "";
    const [, value] = new RegExp(`^\\s*${name}\\s*=\\s*"([^"]+)"`, "m").exec(variables) ?? [];
    return value;
  }

  /** Thrown, not returned: cdktf would add how to skip validations. */
  private checkHosts(hosts: readonly string[]): string[] {
    const uncovered = hosts.find((host) => !this.certificate.checkHost(host));
    if (uncovered === undefined) return [];
    throw new InvalidInput(
      this,
      `${this.props.certificate} is not for "${uncovered}", but for ${this.certificate.subjectAltName ?? "no host name"}`,
    );
  }
}
