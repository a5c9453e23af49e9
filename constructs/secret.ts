import { inspect } from "node:util";
import { conditional, Fn, Op, TerraformStack, TerraformVariable, Token } from "cdktf";
import type { Construct } from "constructs";
import { InvalidInput } from "./invalid-input";
import { DockerHost } from "./runtime/docker-host";

/** How a secret is checked before anything is planned. */
export interface SecretOptions {
  /**
   * Shortest value accepted, in characters.
   *
   * @default 16
   */
  readonly minLength?: number;

  /**
   * Who gives the value out, like `"Stripe"`: it is never generated.
   *
   * @default - nobody: any random value will do
   */
  readonly from?: string;

  /**
   * Name of a secret that several share, which stands in for this one where this one is not set.
   *
   * @default - none
   */
  readonly sharedName?: string;
}

/**
 * A value that only exists outside the code: it enters Terraform as a sensitive variable of the same name
 * (`TF_VAR_<NAME>`, or the environment's `.env.<environment>` file) and redacts itself wherever it is printed.
 */
export class Secret {
  /** @throws Error when the name is not an upper-case identifier or `minLength` is not a positive whole number */
  static named(name: string, options: SecretOptions = {}): Secret {
    return new Secret(name, options.minLength ?? 16, options.from, options.sharedName);
  }

  private constructor(
    readonly name: string,
    readonly minLength: number,
    readonly from?: string,
    readonly sharedName?: string,
  ) {
    if (!/^[A-Z][A-Z0-9_]*$/.test(name)) {
      throw new Error(`secret "${name}": a name has upper-case letters, digits and underscores, like "JWT_SECRET"`);
    }
    if (!Number.isInteger(minLength) || minLength < 1) {
      throw new Error(`secret ${name}: minLength must be a whole number of at least 1, got ${minLength}`);
    }
  }

  /**
   * The value as a Terraform expression, declared once per stack.
   *
   * @throws InvalidInput when the stack has a secret of this name with another `minLength`
   */
  valueIn(scope: Construct): string {
    const stack = TerraformStack.of(scope);
    const declared = stack.node.tryFindChild(this.name) ?? new SecretVariable(stack, this, scope.node.path);
    if (!(declared instanceof SecretVariable)) {
      throw new InvalidInput(scope, `secret ${this.name} has the id of another construct; rename one of them`);
    }
    const { minLength } = declared.secret;
    if (minLength !== this.minLength) {
      throw new InvalidInput(
        scope,
        `secret ${this.name} has minLength ${this.minLength} here and ${minLength} in ${declared.user}; use one of the two`,
      );
    }
    if (!this.sharedName) return declared.stringValue;
    const own = declared.stringValue;
    const standIn = (stack.node.findChild(this.sharedName) as TerraformVariable).stringValue;
    return Token.asString(conditional(Op.gte(Fn.lengthOf(own), 1), own, standIn));
  }

  /** The value as it reads inside a URL. Terraform's own encoding is a form's, with "+" for a space. */
  urlValueIn(scope: Construct): string {
    return Fn.replace(Fn.urlencode(this.valueIn(scope)), "+", "%20");
  }

  toString(): string {
    return `[secret ${this.name}]`;
  }

  toJSON(): string {
    return this.toString();
  }

  [inspect.custom](): string {
    return this.toString();
  }
}

/**
 * A secret as a variable of a stack. An empty default instead of a required variable: Terraform would ask for the missing
 * value, or fail without saying what to type. The conditions are not the variable's own `validation`: when one of those
 * fails, Terraform prints the value, sensitive or not (https://github.com/opentofu/opentofu/issues/2219).
 */
class SecretVariable extends TerraformVariable {
  /** `user`: path of the construct that used it first. */
  constructor(
    stack: TerraformStack,
    readonly secret: Secret,
    readonly user: string,
  ) {
    const { name, minLength, from, sharedName } = secret;
    super(stack, name, {
      type: "string",
      sensitive: true,
      nullable: false,
      default: "",
      description: `At least ${minLength} characters`,
    });
    const host = DockerHost.of(stack);
    const subject = `Secret ${name} of environment ${stack.node.id}`;
    const command = `npm run secrets -- ${from ? "check" : "generate"} ${stack.node.id}`;
    const length = `length(var.${name})`;
    if (sharedName) shared(stack, sharedName, minLength);
    host.require(
      sharedName ? `${length} + length(var.${sharedName}) > 0` : `${length} > 0`,
      `${subject} is missing; type:`,
      command,
    );
    host.require(
      `${length} == 0 || ${length} >= ${minLength}`,
      `${subject} must have at least ${minLength} characters; correct it, or remove it from its file and type:`,
      command,
    );
    // For scripts/secrets, in the one place of the file that Terraform takes for a comment.
    stack.addOverride(`//.secrets.${name}`, { minLength, from, sharedName });
  }
}

/** Declares a secret that may be missing, because each of those it stands in for may have a value of its own. */
function shared(stack: TerraformStack, name: string, minLength: number): void {
  if (stack.node.tryFindChild(name)) return;
  new TerraformVariable(stack, name, {
    type: "string",
    sensitive: true,
    nullable: false,
    default: "",
    description: `At least ${minLength} characters; stands in for those that are not set`,
  });
  const length = `length(var.${name})`;
  DockerHost.of(stack).require(
    `${length} == 0 || ${length} >= ${minLength}`,
    `Secret ${name} of environment ${stack.node.id} must have at least ${minLength} characters; correct it, and type:`,
    `npm run secrets -- check ${stack.node.id}`,
  );
  stack.addOverride(`//.secrets.${name}`, { minLength, shared: true });
}
