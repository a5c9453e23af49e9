import { z } from "zod";

/** An image as its registry describes it, for one platform each. */
export interface RegistryImage {
  readonly reference: string;
  /** `os/architecture`, with the bytes of the layers as they travel. */
  readonly platforms: readonly { readonly platform: string; readonly bytes: number }[];
  /** Why the host could not ask. */
  readonly failure?: string;
}

export interface HostFacts {
  readonly engine: string;
  readonly api: string;
  readonly oldestApi: string;
  /** `os/architecture` */
  readonly platform: string;
  /** Where images are kept; nothing where it can't be seen. */
  readonly freeBytes?: number;
  /** The engine goes by a proxy or a mirror, so that what its command line cannot reach says nothing. */
  readonly ownWay: boolean;
  /** Images of which the host has no version yet. */
  readonly missing: readonly RegistryImage[];
}

const server = z.object({
  Version: z.string(),
  ApiVersion: z.string(),
  MinAPIVersion: z.string().default("1.12"),
  Os: z.string(),
  Arch: z.string(),
});

const manifest = z.object({
  Descriptor: z.object({ platform: z.object({ architecture: z.string(), os: z.string() }).optional() }),
  SchemaV2Manifest: z.object({ layers: z.array(z.object({ size: z.number() })) }).optional(),
  OCIManifest: z.object({ layers: z.array(z.object({ size: z.number() })) }).optional(),
});

/** What host-facts.sh printed. */
export function hostFactsIn(output: string): HostFacts {
  const [head = "", ...images] = output.split(/^@ /m);
  const lines = head.split("\n");
  // Before it may come what the host's shell says to whoever logs in.
  const first = lines.findIndex((line) => line.startsWith("{"));
  if (first === -1)
    throw new Error(`the host did not say which Docker Engine it has, but: ${head.trim().slice(0, 200)}`);
  const [version = "", free = "", way] = lines.slice(first);
  const { Version, ApiVersion, MinAPIVersion, Os, Arch } = server.parse(JSON.parse(version));
  return {
    engine: Version,
    api: ApiVersion,
    oldestApi: MinAPIVersion,
    platform: `${Os}/${Arch}`,
    freeBytes: /^\d+$/.test(free) ? Number(free) * 1024 : undefined,
    ownWay: way === "own",
    missing: images.map(imageIn),
  };
}

function imageIn(part: string): RegistryImage {
  const [head = "", ...lines] = part.split("\n");
  const [code, reference = ""] = head.split(" ");
  const said = lines.join("\n");
  if (code !== "0") return { reference, platforms: [], failure: said.trim() };
  const { data: manifests } = z.array(manifest).safeParse(jsonOf(said));
  if (!manifests) return { reference, platforms: [], failure: "its description cannot be read" };
  const platforms = manifests.flatMap(({ Descriptor, SchemaV2Manifest, OCIManifest }) => {
    if (!Descriptor.platform) return [];
    const { os, architecture } = Descriptor.platform;
    const { layers = [] } = SchemaV2Manifest ?? OCIManifest ?? {};
    return [{ platform: `${os}/${architecture}`, bytes: layers.reduce((sum, { size }) => sum + size, 0) }];
  });
  return { reference, platforms };
}

function jsonOf(text: string): unknown {
  try {
    // Before it may come a warning about the host's own login.
    return [JSON.parse(text.slice(text.search(/^[[{]/m)))].flat();
  } catch {
    return undefined;
  }
}
