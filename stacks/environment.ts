import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { z } from "zod";
import { ImageSource } from "../constructs/runtime/image";
import type { Resources } from "../constructs/runtime/resources";
import type { SshAddress } from "../constructs/runtime/ssh";

const port = z.int().min(1).max(65535);
const hostName = z
  .string()
  .regex(
    /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]*[a-z0-9])?$/,
    "must be a host name in lower case, like app.example.com",
  );
const name = z
  .string()
  .regex(
    /^[a-z][a-z0-9-]{0,19}$/,
    "must have at most 20 lower-case letters, digits and dashes and start with a letter",
  );

const ssh = z.strictObject({
  url: z.string().regex(/^ssh:\/\/[a-z_][a-z0-9_-]*@[^\s/@:]+(:\d{1,5})?$/, "must read ssh://user@host[:port]"),
  hostKeys: z
    .array(
      z
        .string()
        .regex(/^(ssh|ecdsa)-[a-z0-9-]+ [A-Za-z0-9+/=]+$/, 'must read like "ssh-ed25519 AAAA…", without a host name'),
    )
    .min(1, "pin at least one key; ssh-keyscan prints them, the host's console confirms them"),
});

const s3 = z.strictObject({
  bucket: z.string().min(3),
  region: z.string().min(1),
  /** For R2, MinIO and the like. */
  endpoint: z.url().optional(),
  /** @default - <system>/<environment>.tfstate */
  key: z.string().min(1).optional(),
});

const size = z.strictObject({
  memory: z.int().min(6).optional(),
  cpus: z.number().positive().optional(),
  replicas: z.int().min(1).max(50).optional(),
});

/** One environment, as its file says it. */
const schema = z.strictObject({
  host: z
    .union([z.literal("local"), ssh], 'must be "local" or {"url": "ssh://user@host[:port]", "hostKeys": […]}')
    .default("local"),
  domain: hostName,
  release: z
    .string()
    .regex(/^[\w][\w.-]{0,127}$/, "must be an image tag")
    .optional(),
  registry: z
    .string()
    .regex(/^(https?:\/\/)?[a-z0-9.-]+(:\d+)?(\/[a-z0-9._/-]+)?$/, "must read like registry.example.com/team")
    .optional(),
  ports: z
    .strictObject({ http: port, https: port })
    .refine(({ http, https }) => http !== https, "http and https must be different ports")
    .default({ http: 80, https: 443 }),
  state: z.strictObject({ s3 }).optional(),
  sizes: z.record(name, size).default({}),
});

export type EnvironmentData = z.input<typeof schema>;

/** What the user wrote in an environment file, or in the process's environment, cannot work. */
export class InvalidEnvironment extends Error {}

/** Where and how large one copy of a system is: all that differs between staging and production. */
export class Environment {
  /**
   * Parses one environment.
   *
   * @param source named in errors, like the file's path
   * @throws InvalidEnvironment with every mistake and where it is
   */
  static parse(environmentName: string, data: unknown, source = environmentName): Environment {
    const named = name.safeParse(environmentName);
    if (!named.success) {
      throw new InvalidEnvironment(
        `${source}: environment name "${environmentName}" ${named.error.issues[0]?.message}`,
      );
    }
    return new Environment(environmentName, parsed(schema, data, source));
  }

  /**
   * The environments of a folder, one per `<name>.json`. A `<name>.override.json` beside it, which git does not see, is
   * laid over it for this machine alone.
   */
  static all(folder: string, release?: string): Environment[] {
    const files = readdirSync(folder).filter((file) => file.endsWith(".json") && !file.endsWith(".override.json"));
    if (files.length === 0)
      throw new InvalidEnvironment(`${folder}: no environment; add one as ${folder}/staging.json`);
    return files.sort().map((file) => {
      const path = join(folder, file);
      const override = readJson(path.replace(/\.json$/, ".override.json"), {});
      const data = { ...readJson(path), ...override };
      // Only where releases are deployed: an environment without one builds its images from source.
      if (release && data.release) data.release = release;
      return Environment.parse(basename(file, ".json"), data, path);
    });
  }

  readonly domain: string;
  readonly registry?: string;
  readonly release?: string;
  readonly ports: { readonly http: number; readonly https: number };
  readonly state?: z.output<typeof schema>["state"];
  readonly ssh?: SshAddress;

  private readonly sizes: z.output<typeof schema>["sizes"];
  private readonly asked = new Set<string>();

  private constructor(
    readonly name: string,
    data: z.output<typeof schema>,
  ) {
    this.domain = data.domain;
    this.registry = data.registry;
    this.release = data.release;
    this.ports = data.ports;
    this.state = data.state;
    this.sizes = data.sizes;
    if (data.host !== "local") {
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
    const { memory, cpus } = this.sizeOf(service);
    return { memory: memory ?? defaults.memory, cpus: cpus ?? defaults.cpus };
  }

  /** Containers of a service here. */
  replicas(service: string, defaults = 1): number {
    return this.sizeOf(service).replicas ?? defaults;
  }

  /** Sizes given to services that the system doesn't have. */
  get unknownSizes(): { unknown: string[]; known: string[] } {
    return { unknown: Object.keys(this.sizes).filter((service) => !this.asked.has(service)), known: [...this.asked] };
  }

  private sizeOf(service: string) {
    this.asked.add(service);
    return this.sizes[service] ?? {};
  }
}

function readJson(path: string, absent?: object): Record<string, unknown> {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    if (absent && (error as NodeJS.ErrnoException).code === "ENOENT") return { ...absent };
    throw new InvalidEnvironment(`${path}: ${(error as Error).message}`);
  }
}

/** Parses with zod, and says each mistake in one line. */
export function parsed<T extends z.ZodType>(type: T, data: unknown, source: string): z.output<T> {
  const result = type.safeParse(data);
  if (result.success) return result.data;
  throw new InvalidEnvironment(result.error.issues.map((issue) => `${source}: ${explained(issue, type)}`).join("\n"));
}

function explained(issue: z.core.$ZodIssue, type: z.ZodType): string {
  const where = issue.path.join(".");
  if (issue.code === "unrecognized_keys") {
    const keys = issue.keys.map((key) => `"${[...issue.path, key].join(".")}"`).join(", ");
    return `unknown key ${keys}; allowed here: ${keysAt(type, issue.path).join(", ")}`;
  }
  return `"${where}" ${issue.message}`;
}

/** Keys of the object at a path of the schema. */
function keysAt(type: unknown, path: readonly PropertyKey[]): string[] {
  let at = unwrapped(type);
  for (const key of path) {
    at = unwrapped(at instanceof z.ZodObject ? at.shape[String(key)] : at instanceof z.ZodRecord ? at.valueType : at);
  }
  return at instanceof z.ZodObject ? Object.keys(at.shape) : [];
}

function unwrapped(type: unknown): unknown {
  return type instanceof z.ZodDefault || type instanceof z.ZodOptional ? unwrapped(type.def.innerType) : type;
}
