import type { SynthesisedStack } from "../synthesised-stack";

/** How people know the resources of a stack: by the construct, like `db/server`, not by Terraform's address. */
export class ResourceNames {
  private readonly names = new Map<string, string>();

  constructor({ environment, json }: Pick<SynthesisedStack, "environment" | "json">) {
    for (const [type, resources] of Object.entries(json.resource ?? {})) {
      for (const [id, { "//": comment }] of Object.entries(resources as Record<string, Commented>)) {
        const path = comment?.metadata?.path;
        if (path) this.names.set(`${type}.${id}`, path.slice(environment.length + 1).replace(/\/Resource$/, ""));
      }
    }
  }

  /** @param address with the key of the instance, if there are several: `docker_volume.protected["db-data"]` */
  of(address: string): string {
    const [resource = "", key] = address.split(/(?=\[)/);
    const name = this.names.get(resource);
    return name ? `${name}${key ?? ""}` : address;
  }

  /** Terraform's addresses of what a construct is made of. */
  addressesIn(construct: string): string[] {
    return [...this.names].flatMap(([address, name]) => (name.startsWith(`${construct}/`) ? [address] : []));
  }
}

interface Commented {
  readonly "//"?: { readonly metadata?: { readonly path: string } };
}
