import { Fn, TerraformStack, TerraformVariable } from "cdktf";
import { Construct } from "constructs";
import { afterHost, DockerHost, Removal, remember } from "../runtime";
import { Secret } from "../secret";

/**
 * The password of one database's repositories. Another value would lock them, so Terraform's state remembers which one it
 * is, and a plan with another stops unless the number of rotations has changed too, which `npm run secrets -- rotate` does
 * once the new value opens every repository.
 */
export class RepositoryPassword extends Construct {
  readonly secret: Secret;
  /** First part of the names of this database's secrets. */
  readonly variable: string;

  /** @param name under which the backups are found: like them, it outlives a construct that is renamed */
  constructor(scope: Construct, id: string, name: string, removal?: Removal) {
    super(scope, id);
    const { prefix } = DockerHost.of(this);
    this.variable = name
      .replace(new RegExp(`^${prefix}-`), "")
      .toUpperCase()
      .replaceAll("-", "_");
    this.secret = Secret.named(`${this.variable}_REPOSITORY_PASSWORD`, {
      minLength: 24,
      sharedName: "BACKUP_PASSWORD",
    });
    this.rememberPassword(name, removal);
  }

  private rememberPassword(name: string, removal?: Removal): void {
    const stack = TerraformStack.of(this);
    const rotations = `${this.secret.name}_ROTATIONS`;
    new TerraformVariable(stack, rotations, {
      type: "number",
      nullable: false,
      default: 0,
      description: `How often ${this.secret.name} was rotated`,
    });
    // Plans show it. Eight digits tell two values apart, and are of no help in finding either.
    const fingerprint = Fn.substr(Fn.sha256(this.secret.valueIn(this)), 0, 8);
    remember(this, `repository-password-${name}`, {
      value: fingerprint,
      input: Fn.nonsensitive(fingerprint),
      replacedBy: `\${var.${rotations}}`,
      refusal: [
        `Secret ${this.secret.name} of environment ${stack.node.id} is not the password of the backups of ${name}: with this one nobody could read them. Put the old value back, or type:`,
        `  npm run secrets -- rotate ${stack.node.id} ${this.scopeId}`,
      ].join("\n\n"),
    });
    // An old copy of the file of secrets knows of fewer rotations.
    stack.addOverride(`resource.terraform_data.${rotations}`, {
      depends_on: afterHost(this),
      count: `\${var.${rotations}}`,
      lifecycle: { prevent_destroy: removal !== Removal.DESTROY_DATA },
    });
    stack.addOverride(`//.secrets.${this.secret.name}.rotations`, rotations);
  }

  /** What the backup is called in commands. */
  private get scopeId(): string {
    const [, ...path] = this.node.path.split("/");
    return path.slice(0, -2).join("/");
  }
}
