import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { z } from "zod";
import { Repository } from "../constructs/backup/repository";
import { Tls } from "../constructs/proxy/tls";
import { ImageSource } from "../constructs/runtime/image";
import type { Resources } from "../constructs/runtime/resources";
import type { SshAddress } from "../constructs/runtime/ssh";
import { type EnvironmentData, environmentSchema, NAME } from "./environment-schema";
import { InvalidEnvironment, parsed } from "./parsed";

export type { EnvironmentData };

type Settings = z.output<typeof environmentSchema>;

/** Where and how large one copy of a system is: all that differs between staging and production. */
export class Environment {
  /**
   * Parses one environment.
   *
   * @param source named in errors, like the file's path
   * @throws InvalidEnvironment with every mistake and where it is
   */
  static parse(environmentName: string, data: unknown, source = environmentName): Environment {
    if (!NAME.pattern.test(environmentName)) {
      throw new InvalidEnvironment(`${source}: environment name "${environmentName}" ${NAME.rule}`);
    }
    return new Environment(environmentName, parsed(environmentSchema, data, source));
  }

  /**
   * The environments of a folder, one per `<name>.json`. A `<name>.override.json` beside it, which git does not see, is
   * laid over it for this machine alone.
   */
  static all(folder: string, release?: string): Environment[] {
    const files = jsonFilesIn(folder).filter((file) => !file.endsWith(".override.json"));
    if (files.length === 0) {
      throw new InvalidEnvironment(`${folder}: no environment; add one as ${join(folder, "staging.json")}`);
    }
    return files.map((file) => {
      const path = join(folder, file);
      const override = path.replace(/\.json$/, ".override.json");
      const overridden = existsSync(override);
      const data = overridden ? { ...readJson(path), ...readJson(override) } : readJson(path);
      // Only where releases are deployed: an environment without one builds its images from source.
      if (release && data.release) data.release = release;
      return Environment.parse(basename(file, ".json"), data, overridden ? `${path} with ${override}` : path);
    });
  }

  readonly domain: string;
  readonly registry?: string;
  readonly release?: string;
  /** File with the digests of the images that others build. */
  readonly imagesLock: string;
  readonly ports: { readonly http: number; readonly https: number };
  readonly state?: Settings["state"];
  readonly socket?: string;
  readonly ssh?: SshAddress;
  /** Where the proxy's certificates come from. */
  readonly tls: Tls;
  /** Whether nobody gets to the applications, as while data come back. */
  readonly maintenance: boolean;
  /** Where backups are copied to. */
  readonly offsite?: Repository;

  private readonly sizes: Settings["sizes"];
  private readonly asked = new Set<string>();

  private constructor(
    readonly name: string,
    data: Settings,
  ) {
    this.domain = data.domain;
    this.registry = data.registry;
    this.release = data.release;
    this.imagesLock = data.imagesLock;
    this.ports = data.ports;
    this.state = data.state;
    this.tls = data.acme ? Tls.acme(data.acme) : Tls.selfSigned();
    this.maintenance = data.maintenance;
    this.offsite = data.backups && offsiteOf(data.backups);
    this.sizes = data.sizes;
    if (typeof data.host === "string") {
      this.socket = data.host === "local" ? undefined : data.host;
    } else {
      const url = new URL(data.host.url);
      this.ssh = { user: url.username, host: url.hostname, port: Number(url.port || 22), hostKeys: data.host.hostKeys };
    }
  }

  /**
   * An image of this release; in an environment without a release, built from the source folder, which lies relative to
   * the project.
   */
  image(repository: string, source: string): ImageSource {
    return this.release ? ImageSource.registry(repository, this.release) : ImageSource.build(source);
  }

  /** Limits of a service here, over the ones the system gives it everywhere. */
  resources(service: string, defaults: Resources): Resources {
    const { memory, cpus } = this.sizeOf(service, "memory", "cpus");
    return { memory: memory ?? defaults.memory, cpus: cpus ?? defaults.cpus };
  }

  /** Containers of a service here. */
  replicas(service: string, defaults = 1): number {
    return this.sizeOf(service, "replicas").replicas ?? defaults;
  }

  /** Sizes that the system never asked for, and the ones it did, each as `<service>.<size>`. */
  get unusedSizes(): { unused: string[]; used: string[] } {
    const given = Object.entries(this.sizes).flatMap(([id, sizes]) => Object.keys(sizes).map((key) => `${id}.${key}`));
    return { unused: given.filter((key) => !this.asked.has(key)), used: [...this.asked] };
  }

  private sizeOf(service: string, ...keys: (keyof Settings["sizes"][string])[]) {
    for (const key of keys) this.asked.add(`${service}.${key}`);
    return this.sizes[service] ?? {};
  }
}

function offsiteOf({ offsite, appendOnly }: NonNullable<Settings["backups"]>): Repository {
  if (typeof offsite === "string") {
    const [, kind, url = ""] = /^(s3|rest):(.*)$/.exec(offsite) ?? [];
    if (kind === "rest") return Repository.rest(url, { appendOnly });
    const { origin, pathname } = new URL(url);
    return Repository.s3({ endpoint: origin, bucket: pathname.replace(/^\/|\/$/g, ""), appendOnly });
  }
  const { username, hostname, port, pathname } = new URL(offsite.url);
  return Repository.sftp({
    user: username,
    host: hostname,
    port: Number(port || 22),
    path: pathname,
    hostKeys: offsite.hostKeys,
    appendOnly,
  });
}

function jsonFilesIn(folder: string): string[] {
  return existsSync(folder)
    ? readdirSync(folder)
        .filter((file) => file.endsWith(".json"))
        .sort()
    : [];
}

function readJson(path: string): Record<string, unknown> {
  let data: unknown;
  try {
    data = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new InvalidEnvironment(`${path}: ${(error as Error).message}`);
  }
  return parsed(z.record(z.string(), z.unknown(), 'must be an object, like {"domain": "app.example.com"}'), data, path);
}
