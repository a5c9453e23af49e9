import type { ContainerJson, Synthesised } from "../synthesised";

/** What depends on what in a stack, as Terraform will see it. */
export class Graph {
  private readonly resources = new Map<string, Record<string, unknown>>();
  private readonly edges = new Map<string, readonly string[]>();

  constructor({ json }: Synthesised) {
    this.add("", json.resource);
    this.add("data.", json.data ?? {});
    for (const [address, attributes] of this.resources) {
      const text = JSON.stringify(attributes);
      this.edges.set(
        address,
        [...this.resources.keys()].filter((other) => other !== address && mentions(text, other)),
      );
    }
  }

  /** A resource's dependencies, and theirs. */
  dependenciesOf(address: string, found = new Set<string>()): Set<string> {
    for (const next of this.edges.get(address) ?? []) {
      if (!found.has(next)) this.dependenciesOf(next, found.add(next));
    }
    return found;
  }

  /** What Terraform creates before it destroys: where it is written, and everything that those depend on. */
  get createdFirst(): Set<string> {
    const explicit = [...this.resources].filter(
      ([, { lifecycle }]) => (lifecycle as { create_before_destroy?: boolean } | undefined)?.create_before_destroy,
    );
    return new Set(explicit.flatMap(([address]) => [address, ...this.dependenciesOf(address)]));
  }

  /**
   * Services that should stop first, because only one can hold their data volume or port of the host, and of which
   * Terraform would nevertheless run two at a time. Jobs, and services that start first by their own word, share volumes.
   */
  get unsafe(): string[] {
    return [...this.createdFirst].filter((address) => {
      const container = this.container(address);
      if (!container || container.must_run === false) return false;
      const { mounts = [], ports = [], lifecycle } = container;
      const holdsData = mounts.some(({ source }) => /docker_volume\.(protected|disposable)\b/.test(source));
      return ports.length > 0 || (holdsData && !lifecycle.create_before_destroy);
    });
  }

  /** Jobs that write what a container with ports of the host reads, by the container. */
  get configWriters(): { proxy: string; writer: string }[] {
    const containers = [...this.resources.keys()].filter((address) => this.container(address));
    return containers
      .filter((address) => this.container(address)?.ports?.length)
      .flatMap((proxy) => {
        const read = this.container(proxy)?.mounts?.filter((mount) => mount.read_only) ?? [];
        return containers
          .filter((address) =>
            this.container(address)?.mounts?.some(
              (mount) => !mount.read_only && read.some(({ source }) => source === mount.source),
            ),
          )
          .map((writer) => ({ proxy, writer }));
      });
  }

  private container(address: string): ContainerJson | undefined {
    return address.startsWith("docker_container.") ? (this.resources.get(address) as ContainerJson) : undefined;
  }

  private add(
    prefix: string,
    byType: Readonly<Record<string, Readonly<Record<string, Record<string, unknown>>>>>,
  ): void {
    for (const [type, byName] of Object.entries(byType)) {
      for (const [name, attributes] of Object.entries(byName)) {
        this.resources.set(`${prefix}${type}.${name}`, attributes);
      }
    }
  }
}

/** Whether a text has an address in it. Text that only looks like a reference counts too: better a false alarm. */
function mentions(text: string, address: string): boolean {
  return new RegExp(`(?<![\\w.-])${address.replaceAll(".", "\\.")}(?![\\w-])`).test(text);
}
