import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { InvalidInput } from "../invalid-input";
import {
  DataVolume,
  DockerHost,
  Health,
  Image,
  ImageSource,
  type Mount,
  Network,
  Replacement,
  SecretVolume,
  Service,
  Volume,
  volumeOwner,
} from "../runtime";
import { script } from "../runtime/script";
import { AcmeChallenge } from "./acme-challenge";
import { type AcmeOptions, checkAcmeHosts, checkAcmeOptions, LETS_ENCRYPT } from "./acme-options";
import {
  type CertificateModel,
  type Certificates,
  type CertificatesProps,
  ISSUED,
  OFFERED_IN_VOLUME,
} from "./certificates";

const ACME_SCRIPT = ["metrics.sh", "acme.sh"].map((file) => script(join(__dirname, file))).join("\n");

/** User of Nginx in its official image: whoever writes keys must be the one who reads them. */
const NGINX = "101:101";

/**
 * A container beside the proxy that gets certificates and renews them. It is not in the proxy's own container, which
 * would be replaced with it, and has no need for the account's key, the provider's credentials or a way out.
 */
export class AcmeCertificates extends Construct implements Certificates {
  readonly offered = OFFERED_IN_VOLUME;
  readonly mounts: readonly Mount[];
  readonly dependencies: readonly ITerraformDependable[];
  readonly challenges?: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: AcmeOptions & CertificatesProps,
  ) {
    super(scope, id);
    const challenge = props.challenge ?? AcmeChallenge.http();
    checkAcmeOptions(this, props);
    this.challenges = challenge.answers;

    const image = new Image(this, "image", ImageSource.official(`goacme/lego:${props.version ?? "v4.35.2"}`));
    const state = new DataVolume(this, "state", props.state);
    const issued = new Volume(this, "issued");
    const owner = volumeOwner(this, { image: props.image, user: NGINX, volumes: [state, issued], anyImage: true });
    const secrets = this.secretVolume(image, challenge);
    this.mounts = [{ volume: issued, path: ISSUED, readOnly: true }];
    this.dependencies = [owner];

    const sidecar = new Service(
      this,
      "service",
      {
        image,
        entrypoint: ["sh", "-c", ACME_SCRIPT, "acme.sh"],
        command: [DockerHost.of(this).nameOf(scope), ...challenge.legoOptions],
        environment: {
          ...this.environment(),
          ...challenge.settings,
          ...Object.fromEntries(
            Object.keys(challenge.credentials).map((name) => [`${name}_FILE`, `/run/secrets/${name}`]),
          ),
        },
        user: NGINX,
        networks: [{ network: Network.egress(this) }],
        mounts: [
          { volume: props.config, path: "/etc/portolan", readOnly: true },
          { volume: state, path: "/acme" },
          { volume: issued, path: ISSUED },
          props.metrics,
          ...(secrets ? [{ volume: secrets, path: "/run/secrets", readOnly: true }] : []),
        ],
        tmpfs: { "/tmp": "rw,noexec,nosuid,mode=1777,size=8m" },
        resources: { memory: 128 },
        // It waits for its times, whatever becomes of a single try: that is for the metrics to say.
        health: Health.command("test -r /etc/portolan/current/certificates"),
      },
      { replacement: Replacement.STOP_FIRST },
    );
    // After the proxy's configuration is in use: the first question then finds its answer.
    sidecar.startAfter(owner, props.config, ...(secrets ? [secrets] : []));
    this.node.addValidation({ validate: () => checkAcmeHosts(this, props, props.hosts()) });
  }

  models(hosts: readonly string[]): readonly CertificateModel[] {
    const models = hosts.map((host) => {
      const domain = (this.props.wildcards ?? []).find((it) => it === host || it === host.slice(host.indexOf(".") + 1));
      // lego names a certificate's files after its first host.
      return domain ? { name: `_.${domain}`, hosts: [`*.${domain}`, domain] } : { name: host, hosts: [host] };
    });
    return [...new Map(models.map((model) => [model.name, model])).values()];
  }

  private environment(): Record<string, string> {
    const { email, server, serverCa } = this.props;
    return {
      ACME_EMAIL: email,
      ACME_SERVER: server ?? LETS_ENCRYPT,
      ...(serverCa && { ACME_CA: this.textOf(serverCa) }),
    };
  }

  private secretVolume(image: Image, { credentials }: AcmeChallenge): SecretVolume | undefined {
    const { externalAccount } = this.props;
    const files = {
      ...credentials,
      ...(externalAccount && { LEGO_EAB_KID: externalAccount.keyId, LEGO_EAB_HMAC: externalAccount.hmacKey }),
    };
    return Object.keys(files).length > 0 ? new SecretVolume(this, "secrets", { image, files }) : undefined;
  }

  private textOf(path: string): string {
    try {
      return readFileSync(path, "utf8").trim();
    } catch (error) {
      throw new InvalidInput(this, `cannot read serverCa: ${(error as Error).message}`);
    }
  }
}
