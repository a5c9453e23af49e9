import { secretsFile } from "../../stacks/secrets-file";
import type { BackupDescription } from "../backups/description";
import type { SynthesisedStack } from "../synthesised-stack";
import { PrivateFile } from "./private-file";
import { SecretsText } from "./secrets-text";

/** The password of one database's repositories, as this machine's file or variables have it. */
export class RepositorySecret {
  readonly name: string;
  readonly path: string;
  private readonly sharedName?: string;

  constructor({ system, environment, json }: SynthesisedStack, backup: BackupDescription) {
    this.name = backup.password;
    this.path = secretsFile(system, environment);
    this.sharedName = json["//"].secrets?.[backup.password]?.sharedName;
  }

  /** What a deploy would bring to the host. */
  get value(): string | undefined {
    return this.read(this.name) ?? (this.sharedName && this.read(this.sharedName));
  }

  /** The value that a rotation which has begun is about to put in its place. */
  get next(): string | undefined {
    return this.read(this.nextName);
  }

  set next(value: string) {
    this.change({ [this.nextName]: value });
  }

  /** Puts a value in its place, in one piece with what lets the next plan accept it. */
  replace(value: string): void {
    const rotations = Number(this.read(this.rotationsName) ?? 0) + 1;
    this.change({ [this.name]: value, [this.rotationsName]: String(rotations), [this.nextName]: undefined });
  }

  private get nextName(): string {
    return `${this.name}_NEXT`;
  }

  private get rotationsName(): string {
    return `${this.name}_ROTATIONS`;
  }

  private read(name: string): string | undefined {
    // As with Terraform, the file wins.
    return (
      new SecretsText(new PrivateFile(this.path).read()).find(name)?.value || process.env[`TF_VAR_${name}`] || undefined
    );
  }

  private change(values: Readonly<Record<string, string | undefined>>): void {
    new PrivateFile(this.path).update((text) => new SecretsText(text).changed(new Map(Object.entries(values))));
  }
}
