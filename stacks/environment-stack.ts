import { chmodSync, closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { App, LocalBackend, S3Backend, TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { InvalidInput } from "../constructs/invalid-input";
import { DataVolumes } from "../constructs/runtime/data-volume";
import { DockerHost } from "../constructs/runtime/docker-host";
import { ApplicationNetworks } from "../constructs/runtime/network";
import { Sweep } from "../constructs/runtime/sweep";
import { SecretsText } from "../scripts/secrets/secrets-text";
import type { Environment } from "./environment";
import { NAME } from "./environment-schema";
import { digestsIn } from "./images-lock";
import { secretsFile } from "./secrets-file";

/** One environment of a system: a Terraform stack with the environment's name, its state and its Docker host. */
export class EnvironmentStack extends TerraformStack {
  /** @param system the system's name: first part of every Docker name, and never to be changed */
  constructor(
    scope: Construct,
    readonly system: string,
    readonly environment: Environment,
  ) {
    super(scope, environment.name);
    if (!NAME.pattern.test(system)) throw new InvalidInput(this, `system "${system}" ${NAME.rule}`);
    new DockerHost(this, {
      system,
      socket: environment.socket,
      ssh: environment.ssh,
      registry: environment.registry,
      lock: { file: environment.imagesLock, digests: digestsIn(environment.imagesLock) },
    });
    // There even when the last data volume leaves the code: only then does Terraform refuse to destroy it.
    DataVolumes.of(this);
    // Likewise: only then does the proxy leave the network of the last application.
    ApplicationNetworks.of(this);
    new Sweep(this);
    this.keepOthersOut();
    this.keepState();
    this.linkSecrets();
    this.node.addValidation({ validate: () => this.checkSizes() });
  }

  /** Saved plans have every secret in plain text, and cdktf and Terraform would let everyone read them. */
  private keepOthersOut(): void {
    const { outdir } = App.of(this);
    mkdirSync(outdir, { recursive: true, mode: 0o700 });
    chmodSync(outdir, 0o700);
  }

  /** Where Terraform runs. */
  private get folder(): string {
    return join(App.of(this).outdir, "stacks", this.node.id);
  }

  /** Only its command line gives a program this context. Our own commands run Terraform with a umask. */
  private get cdktfRunsTerraform(): boolean {
    return this.node.tryGetContext("cdktfRelativeModules") !== undefined;
  }

  private keepState(): void {
    const { system, environment } = this;
    // In a scope of its own: directly in the stack, the backend would take the id "backend" from the services.
    const state = new Construct(this, "state");
    const s3 = environment.state?.s3;
    if (!s3) {
      const path = `terraform.${system}.${environment.name}.tfstate`;
      // From the stack's folder: an absolute path would tie what is written there to this folder of this machine.
      new LocalBackend(state, { path: relative(resolve(this.folder), resolve(path)) });
      // They have every secret in plain text. Terraform makes them readable for everyone, and leaves the mode of one that is
      // there; to Terraform an empty one is none.
      for (const file of [path, `${path}.backup`]) {
        if (this.cdktfRunsTerraform) closeSync(openSync(file, "a", 0o600));
        if (existsSync(file)) chmodSync(file, 0o600);
      }
      return;
    }
    new S3Backend(state, {
      bucket: s3.bucket,
      region: s3.region,
      key: s3.key ?? `${system}/${environment.name}.tfstate`,
      // Others than Amazon refuse it unless they manage keys.
      encrypt: !s3.endpoint,
      ...(s3.endpoint
        ? {
            endpoints: { s3: s3.endpoint },
            usePathStyle: true,
            skipCredentialsValidation: true,
            skipRegionValidation: true,
            skipRequestingAccountId: true,
            skipMetadataApiCheck: true,
            skipS3Checksum: true,
          }
        : {}),
    });
    // A lock beside the state, so that two deploys cannot run at once. The bindings are older than this argument.
    this.addOverride("terraform.backend.s3.use_lockfile", true);
  }

  /**
   * Terraform reads `*.auto.tfvars` in the stack's folder by itself. A link instead of a copy: no second file has the
   * values, and where they come as TF_VAR_… variables there is none.
   */
  private linkSecrets(): void {
    const { folder } = this;
    const link = join(folder, "secrets.auto.tfvars");
    rmSync(link, { force: true });
    const file = secretsFile(this.system, this.environment.name);
    if (!existsSync(file)) return;
    // Terraform would print the line that it cannot read, with the value in it.
    const wrong = new SecretsText(readFileSync(file, "utf8")).lines.find(({ mistake }) => mistake);
    if (wrong) {
      const command = `npm run secrets -- check ${this.node.id}`;
      // Never holds: Terraform wants a condition to refer to something.
      DockerHost.of(this).require(
        'terraform.workspace == ""',
        `Line ${wrong.number} of ${file} cannot be read; type:`,
        command,
      );
      return;
    }
    mkdirSync(folder, { recursive: true });
    symlinkSync(relative(folder, file), link);
  }

  /** Thrown, not returned: cdktf would add how to skip validations. */
  private checkSizes(): string[] {
    const { unused, used } = this.environment.unusedSizes;
    if (unused.length === 0) return [];
    const keys = unused.map((size) => `"sizes.${size}"`).join(", ");
    throw new InvalidInput(this, `${this.system} has no use for ${keys}; allowed: ${used.join(", ")}`);
  }
}
