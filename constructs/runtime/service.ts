import { Container } from "@cdktf/provider-docker/lib/container";
import { dependable, type ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { InvalidInput } from "../invalid-input";
import { DockerHost, UNIQUE } from "./docker-host";
import { containerOf, fingerprintOf, healthcheckOf } from "./engine";
import type { ApplicationNetwork } from "./network";
import type { ServiceWorkload } from "./workload";

/** How a service's container gives way to the next one. */
export enum Replacement {
  /**
   * The new container is there, and healthy, before the old one goes. For whatever holds neither data nor a port of the
   * host. Terraform then creates before it destroys in everything such a container refers to, so it must never refer
   * to a container that holds data or a port.
   */
  START_FIRST = "start-first",

  /** The old container stops before the new one starts: two servers never share a data volume or a port. */
  STOP_FIRST = "stop-first",
}

export interface ServiceOptions {
  readonly replacement: Replacement;

  /** @default 1 */
  readonly replicas?: number;

  /** For a service that stops first: replaced whenever one of these is, beside its own changes. @default - none */
  readonly replacedWith?: readonly ITerraformDependable[];

  /** Networks that a new container joins once it is there, beside its own; see Membership. @default - none */
  readonly joins?: () => readonly ApplicationNetwork[];
}

/** The containers of a long-running workload. */
export class Service extends Construct {
  /** Identifies everything about the workload but its secrets' values. */
  readonly fingerprint: string;

  /**
   * The name that a service that stops first keeps for ever. A plain string, never a reference: whoever finds a server
   * by name must not make Terraform treat the server like itself (see Replacement.START_FIRST).
   */
  readonly hostName: string;

  private readonly containers: Container[];

  constructor(scope: Construct, id: string, workload: ServiceWorkload, options: ServiceOptions) {
    super(scope, id);
    if (workload.health.path !== undefined && !workload.port) {
      throw new InvalidInput(scope, "its health check asks over HTTP, but the service has no port; add `port: …`");
    }
    const replicas = options.replicas ?? 1;
    if (!Number.isInteger(replicas) || replicas < 1) {
      throw new InvalidInput(scope, `replicas must be a whole number of at least 1, got ${replicas}`);
    }
    const startFirst = options.replacement === Replacement.START_FIRST;
    if (replicas > 1 && !startFirst) throw new InvalidInput(scope, "a service that stops first has one replica");
    const ports = workload.ports ?? [];
    if (ports.length > 0 && startFirst) {
      throw new InvalidInput(scope, "a service that publishes a port of the host must stop first");
    }

    const host = DockerHost.of(this);
    host.ports.take(scope, ports);
    this.hostName = host.nameOf(scope, UNIQUE);
    this.fingerprint = fingerprintOf(workload);
    this.containers = Array.from(
      { length: replicas },
      (_, index) =>
        new Container(this, `${index + 1}`, {
          ...containerOf(scope, workload),
          name: startFirst ? host.uniqueNameOf(scope, replicas > 1 ? `-${index + 1}` : "") : this.hostName,
          restart: "unless-stopped",
          healthcheck: healthcheckOf(workload),
          stopSignal: workload.stopSignal,
          stopTimeout: workload.stopSeconds ?? 30,
          destroyGraceSeconds: workload.stopSeconds ?? 30,
          lifecycle: startFirst
            ? { createBeforeDestroy: true, ignoreChanges: ["name"] }
            : { replaceTriggeredBy: options.replacedWith?.map(dependable) },
          provisioners: [
            ...(options.joins ? [host.joins(this.hostName, options.joins)] : []),
            host.awaits(startFirst ? "healthy" : "serving", workload.health.startSeconds),
          ],
        }),
    );
    for (const container of this.containers) host.add(container.name);
  }

  /** Names of the containers, as references: who uses them waits until the containers are healthy. */
  get containerNames(): string[] {
    return this.containers.map((container) => container.name);
  }

  /** For those who start after this service is healthy. */
  get dependables(): ITerraformDependable[] {
    return this.containers;
  }

  /** Start only after these. */
  startAfter(...dependencies: ITerraformDependable[]): void {
    for (const container of this.containers) {
      container.dependsOn = [...(container.dependsOn ?? []), ...dependencies.map(dependable)];
    }
  }
}
