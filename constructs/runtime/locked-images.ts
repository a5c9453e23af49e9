import { TerraformStack } from "cdktf";
import type { Construct } from "constructs";

export interface ImagesLock {
  /** Its file, as the operator's commands find it. */
  readonly file: string;
  /** Digests by name and tag, like `nginx:1.30`. */
  readonly digests: Readonly<Record<string, string>>;
}

/** The images of a stack that others build, and the digests that are locked for them. */
export class LockedImages {
  private readonly used = new Set<string>();

  constructor(
    private readonly scope: Construct,
    private readonly lock: ImagesLock,
    private readonly registry?: string,
  ) {
    this.describe();
  }

  /** The digest of an image that the stack needs; nothing while none is locked. */
  digestOf(reference: string): string | undefined {
    const name = /:[^/]*$/.test(reference) ? reference : `${reference}:latest`;
    this.used.add(name);
    this.describe();
    return this.lock.digests[name];
  }

  /** A reference as it is pulled: the tag is for people, the digest counts. */
  locked(reference: string): string {
    if (reference.includes("@")) return reference;
    const digest = this.digestOf(reference);
    return digest ? `${reference}@${digest}` : reference;
  }

  /** For the operator's commands, which read the synthesised stack. */
  private describe(): void {
    TerraformStack.of(this.scope).addOverride("//.images", {
      lock: this.lock.file,
      ...(this.registry && { registry: this.registry }),
      references: [...this.used].sort(),
    });
  }
}
