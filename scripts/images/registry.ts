import { createHash } from "node:crypto";
import { z } from "zod";
import type { LockedImage } from "../../stacks/images-lock";
import { loginFor } from "./logins";

const TYPES = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.v2+json",
];
const DOCKER_HUB = "registry-1.docker.io";
const TIMEOUT = 30_000;

const platform = z.object({ os: z.string(), architecture: z.string(), variant: z.string().optional() });
const manifest = z.object({
  manifests: z.array(z.object({ digest: z.string(), platform: platform.optional() })).optional(),
  config: z.object({ digest: z.string() }).optional(),
});
const configuration = z.object({
  ...platform.shape,
  created: z.string().optional(),
  config: z
    .object({ Env: z.array(z.string()).nullish(), Labels: z.record(z.string(), z.string()).nullish() })
    .optional(),
});

type Configuration = z.output<typeof configuration>;

/** Asks a registry over its HTTP API (OCI distribution specification); needs no Docker. */
export class Registry {
  private readonly tokens = new Map<string, string>();

  /** @param prefix what an environment says as its `registry`; without one, each image's own */
  constructor(private readonly prefix?: string) {}

  toString(): string {
    return this.prefix ?? "Docker Hub";
  }

  /**
   * What a tag means now.
   *
   * @throws Error when the registry does not say
   */
  async image(reference: string): Promise<LockedImage> {
    const { origin, repository, tag } = this.placeOf(reference);
    const { digest, found } = await this.manifestOf(origin, repository, tag);
    // Of attestations, which lie beside the images, nobody knows the platform.
    const listed = (found.manifests ?? []).filter(({ platform }) => platform && platform.os !== "unknown");
    const one = listed.find((it) => nameOf(it.platform) === "linux/amd64") ?? listed[0];
    const { config } = one ? (await this.manifestOf(origin, repository, one.digest)).found : found;
    if (!config) throw new Error(`${this} has no image for a platform under ${reference}`);
    const described = configuration.parse(JSON.parse(await this.get(origin, repository, `blobs/${config.digest}`)));
    const platforms = found.manifests
      ? listed.map((it) => [nameOf(it.platform), it.digest])
      : [[nameOf(described), digest]];
    return {
      digest,
      platforms: Object.fromEntries(platforms.sort()),
      version: versionOf(repository, described),
      built: dayOf(described),
    };
  }

  /** Where a reference lies, as Docker reads it. */
  private placeOf(reference: string): { origin: string; repository: string; tag: string } {
    const prefix = this.prefix?.replace(/\/$/, "");
    const [, scheme = "https", full = ""] =
      /^(?:(https?):\/\/)?(.*)$/.exec(prefix ? `${prefix}/${reference}` : reference) ?? [];
    const [, name = "", tag = "latest"] = /^(.*?)(?::([^/:]*))?$/.exec(full) ?? [];
    const [first = "", ...rest] = name.split("/");
    const hasHost = rest.length > 0 && /[.:]|^localhost$/.test(first);
    if (hasHost && first !== "docker.io") return { origin: `${scheme}://${first}`, repository: rest.join("/"), tag };
    const repository = hasHost ? rest.join("/") : name;
    return {
      origin: `https://${DOCKER_HUB}`,
      repository: repository.includes("/") ? repository : `library/${repository}`,
      tag,
    };
  }

  private async manifestOf(origin: string, repository: string, name: string) {
    const text = await this.get(origin, repository, `manifests/${name}`);
    const digest = `sha256:${createHash("sha256").update(text).digest("hex")}`;
    return { digest, found: manifest.parse(JSON.parse(text)) };
  }

  private async get(origin: string, repository: string, path: string): Promise<string> {
    const url = `${origin}/v2/${repository}/${path}`;
    const ask = () => this.fetch(url, { accept: TYPES.join(", "), ...this.authorization(origin, repository) });
    let response = await ask();
    if (response.status === 401) {
      await this.logIn(origin, repository, response.headers.get("www-authenticate") ?? "");
      response = await ask();
    }
    if (!response.ok) throw new Error(`${url}: ${response.status} ${response.statusText}`);
    return response.text();
  }

  private authorization(origin: string, repository: string): Record<string, string> {
    const token = this.tokens.get(`${origin}/${repository}`);
    return token ? { authorization: token } : {};
  }

  /** As the registry asks for it: a login, or a token that another server gives for a login, or for none. */
  private async logIn(origin: string, repository: string, challenge: string): Promise<void> {
    const login = await loginFor(new URL(origin).host);
    const basic: Record<string, string> = login ? { authorization: `Basic ${login}` } : {};
    const asked = Object.fromEntries(
      [...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name, value]),
    );
    if (!/^bearer /i.test(challenge) || !asked.realm) {
      if (basic.authorization) this.tokens.set(`${origin}/${repository}`, basic.authorization);
      return;
    }
    const url = new URL(asked.realm);
    if (asked.service) url.searchParams.set("service", asked.service);
    url.searchParams.set("scope", asked.scope ?? `repository:${repository}:pull`);
    const response = await this.fetch(url.href, basic);
    if (!response.ok) throw new Error(`${url.origin}: ${response.status} ${response.statusText}`);
    const { token, access_token } = (await response.json()) as { token?: string; access_token?: string };
    this.tokens.set(`${origin}/${repository}`, `Bearer ${token ?? access_token}`);
  }

  private async fetch(url: string, headers: Record<string, string>): Promise<Response> {
    try {
      return await fetch(url, { headers, signal: AbortSignal.timeout(TIMEOUT) });
    } catch (error) {
      const { message, cause } = error as Error;
      throw new Error(`${new URL(url).origin} cannot be asked: ${(cause as Error | undefined)?.message || message}`);
    }
  }
}

function nameOf(it?: z.output<typeof platform>): string {
  return [it?.os, it?.architecture, it?.variant].filter(Boolean).join("/");
}

/** Official images say it in a variable; others in the label of the OCI image specification. */
function versionOf(repository: string, { config }: Configuration): string | undefined {
  const name = repository.replace(/^.*\//, "").toUpperCase().replace(/\W/g, "_");
  const variable = config?.Env?.find((line) => line.startsWith(`${name === "POSTGRES" ? "PG" : name}_VERSION=`));
  return variable?.replace(/^.*?=/, "") ?? config?.Labels?.["org.opencontainers.image.version"];
}

/** Builds that are to be the same every time say a day long past. */
function dayOf({ created }: Configuration): string | undefined {
  const day = created?.slice(0, 10);
  return day && day > "2000" ? day : undefined;
}
