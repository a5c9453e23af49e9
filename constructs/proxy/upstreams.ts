import type { Construct } from "constructs";
import type { Routable } from "../app/connection";
import { InvalidInput } from "../invalid-input";
import type { UpstreamModel } from "./upstreams-config";

/** The services that routes lead to, each once. */
export class Upstreams {
  private readonly services = new Map<Routable, Map<boolean, UpstreamModel>>();

  constructor(private readonly scope: Construct) {}

  /**
   * Name of the upstream for a service.
   *
   * @throws InvalidInput when the service has no port
   */
  nameFor(service: Routable, sticky: boolean): string {
    const { port } = service;
    if (!port) {
      throw new InvalidInput(this.scope, `cannot route to ${service.node.path}: it has no port; add \`port: …\` there`);
    }
    const models = this.services.get(service) ?? new Map<boolean, UpstreamModel>();
    this.services.set(service, models);
    const name = service.node.path.split("/").slice(1).join("-");
    const model = models.get(sticky) ?? {
      name: sticky ? `${name}-sticky` : name,
      addresses: service.containerNames.map((container) => `${container}:${port}`),
      sticky,
    };
    models.set(sticky, model);
    return model.name;
  }

  get models(): UpstreamModel[] {
    return [...this.services.values()].flatMap((models) => [...models.values()]);
  }

  /** Names of all containers, as references. */
  get containerNames(): string[] {
    return [...this.services.keys()].flatMap((service) => service.containerNames);
  }

  /** URLs that answer while the containers work, a line each. */
  get probes(): string {
    return [...this.services.keys()]
      .filter(({ probe }) => probe !== undefined)
      .flatMap(({ containerNames, port, probe }) => containerNames.map((name) => `http://${name}:${port}${probe}\n`))
      .join("");
  }
}
