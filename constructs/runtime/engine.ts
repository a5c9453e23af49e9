import { createHash } from "node:crypto";
import type { ContainerConfig } from "@cdktf/provider-docker/lib/container";
import { Fn, Lazy } from "cdktf";
import type { Construct } from "constructs";
import { DockerHost } from "./docker-host";
import { limits } from "./resources";
import { LOOPBACK, type ServiceWorkload, type Workload } from "./workload";

/** Logs of one container never take more than 50 MB of the host's disk. */
const LOGS = { logDriver: "json-file", logOpts: { "max-size": "10m", "max-file": "5" } };

/** An eighth of what every other container weighs when they want the same processor. */
const BACKGROUND_SHARES = 128;

/** What the Docker provider calls a workload, without the name. */
export function containerOf(scope: Construct, workload: Workload): Omit<ContainerConfig, "name"> {
  const { memory, cpus } = limits(scope, workload.resources);
  return {
    image: workload.image.reference,
    command: workload.command && [...workload.command],
    entrypoint: workload.entrypoint && [...workload.entrypoint],
    env: Lazy.listValue({ produce: () => environmentOf(workload) }),
    user: workload.user,
    init: workload.init ?? true,
    readOnly: workload.readOnlyRoot ?? true,
    capabilities: { drop: ["ALL"], add: workload.capabilities?.map((name) => `CAP_${name}`) },
    securityOpts: ["no-new-privileges:true"],
    memory,
    memorySwap: memory,
    // As the provider reads it back; "1" would replace the container on every plan.
    cpus: Number.isInteger(cpus) ? `${cpus}.0` : String(cpus),
    cpuShares: workload.background ? BACKGROUND_SHARES : undefined,
    shmSize: workload.sharedMemory,
    ...LOGS,
    // A container without networks gets no network at all, rather than Docker's default bridge to everything.
    networkMode: Lazy.stringValue({ produce: () => (workload.networks?.length ? "bridge" : "none") }),
    networksAdvanced: Lazy.anyValue({
      produce: () =>
        workload.networks?.map(({ network, aliases }) => ({
          name: network.networkName,
          aliases: aliases?.length ? [...aliases] : undefined,
        })),
    }),
    mounts: workload.mounts?.map(({ volume, path, readOnly }) => ({
      type: "volume",
      source: volume.volumeName,
      target: path,
      readOnly: readOnly ?? false,
    })),
    tmpfs: workload.tmpfs && { ...workload.tmpfs },
    ports: workload.ports?.map(({ container, host, address }) => ({
      internal: container,
      external: host,
      ip: address ?? LOOPBACK,
    })),
    labels: [
      { label: "portolan.construct", value: scope.node.path },
      { label: "portolan.replaces", value: Lazy.stringValue({ produce: () => hash(silentParts(workload)) }) },
      { label: "portolan.environment", value: DockerHost.of(scope).label },
    ],
  };
}

/** Identifies a workload's whole description and the very image; secret values have no part in it. */
export function fingerprintOf(workload: ServiceWorkload): string {
  return Lazy.stringValue({
    produce: (context) => {
      const { image, networks, mounts, ...rest } = workload;
      const description = hash(
        context.resolve({
          ...rest,
          health: healthcheckOf(workload),
          networks: networks?.map(({ network }) => network.networkName),
          mounts: mounts?.map(({ volume, ...mount }) => ({ ...mount, volume: volume.volumeName })),
        }),
      );
      return Fn.substr(Fn.sha256(Fn.join(" ", [description, image.reference])), 0, 12);
    },
  });
}

export function healthcheckOf({ health, port }: ServiceWorkload): NonNullable<ContainerConfig["healthcheck"]> {
  return {
    test: health.testFor(port),
    interval: duration(health.intervalSeconds),
    timeout: duration(health.timeoutSeconds),
    startPeriod: duration(health.startSeconds),
    retries: health.retries,
  };
}

/** Changes of these the provider ignores without a word; a label that changes with them replaces the container. */
function silentParts(workload: Workload | ServiceWorkload): unknown {
  return {
    healthcheck: "health" in workload ? healthcheckOf(workload) : undefined,
    tmpfs: workload.tmpfs,
    init: workload.init,
  };
}

/** In the order of their names, so that a reordering in the code changes nothing. */
function environmentOf({ environment = {} }: Workload): string[] {
  return Object.entries(environment)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`);
}

/** Seconds as the provider reads them back: Go writes 60 seconds as `1m0s`. */
function duration(seconds: number): string {
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60), seconds % 60];
  return h ? `${h}h${m}m${s}s` : m ? `${m}m${s}s` : `${s}s`;
}

function hash(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 12);
}
