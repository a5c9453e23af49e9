import { TerraformStack, TerraformVariable } from "cdktf";
import type { Construct } from "constructs";
import { InvalidInput } from "./invalid-input";

/** How a secret is checked before anything is planned. */
export interface SecretOptions {
  /**
   * Shortest value accepted, in characters.
   *
   * @default 16
   */
  readonly minLength?: number;
}

/**
 * A value that only exists outside the code: it enters Terraform as a sensitive variable of the same name
 * (`TF_VAR_<NAME>`, or the environment's `.env.<environment>` file) and redacts itself wherever it is printed.
 */
export class Secret {
  /** @throws Error when the name is not an upper-case identifier or `minLength` is not a positive whole number */
  static named(name: string, options: SecretOptions = {}): Secret {
    return new Secret(name, options.minLength ?? 16);
  }

  private constructor(
    readonly name: string,
    readonly minLength: number,
  ) {
    if (!/^[A-Z][A-Z0-9_]*$/.test(name)) {
      throw new Error(`secret "${name}": a name has upper-case letters, digits and underscores, like "JWT_SECRET"`);
    }
    if (!Number.isInteger(minLength) || minLength < 1) {
      throw new Error(`secret ${name}: minLength must be a whole number of at least 1, got ${minLength}`);
    }
  }

  /** The value as a Terraform expression, declared once per stack. */
  valueIn(scope: Construct): string {
    const stack = TerraformStack.of(scope);
    const declared = stack.node.tryFindChild(this.name);
    if (!declared) return this.declareIn(stack).stringValue;
    if (!(declared instanceof TerraformVariable)) {
      throw new InvalidInput(scope, `secret ${this.name} has the id of another construct; rename one of them`);
    }
    return declared.stringValue;
  }

  toString(): string {
    return `[secret ${this.name}]`;
  }

  toJSON(): string {
    return this.toString();
  }

  /**
   * An empty default and two conditions instead of a required variable: Terraform would ask for the missing value, or
   * fail without saying what to type.
   */
  private declareIn(stack: TerraformStack): TerraformVariable {
    // For scripts/secrets, in the one place of the file that Terraform takes for a comment.
    stack.addOverride(`//.secrets.${this.name}`, { minLength: this.minLength });
    const remedy = `type: npm run secrets -- generate ${stack.node.id}`;
    const value = `var.${this.name}`;
    return new TerraformVariable(stack, this.name, {
      type: "string",
      sensitive: true,
      nullable: false,
      default: "",
      description: `At least ${this.minLength} characters`,
      validation: [
        {
          condition: `\${length(${value}) > 0}`,
          errorMessage: `Secret ${this.name} of environment ${stack.node.id} is missing; ${remedy}`,
        },
        {
          condition: `\${length(${value}) == 0 || length(${value}) >= ${this.minLength}}`,
          errorMessage: `Secret ${this.name} of environment ${stack.node.id} must have at least ${this.minLength} characters; correct it, or remove it from its file and ${remedy}`,
        },
      ],
    });
  }
}
