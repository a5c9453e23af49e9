import { createHash } from "node:crypto";
import { constants, lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { DataDockerRegistryImage } from "@cdktf/provider-docker/lib/data-docker-registry-image";
import { Image as DockerImage } from "@cdktf/provider-docker/lib/image";
import { App, TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { InvalidInput } from "../invalid-input";
import { DockerHost } from "./docker-host";

/** Where an image comes from. It becomes an {@link Image} of a stack when a construct uses it. */
export class ImageSource {
  /**
   * An image of a server we run but do not build, like `postgres:18`. Its tag is pulled once: a newer image under the
   * same tag never restarts a database by surprise. Change the tag to take one.
   */
  static official(reference: string): ImageSource {
    return new ImageSource((scope) => ({ name: DockerHost.of(scope).imageReference(reference) }), reference);
  }

  /**
   * A released image. Every plan asks the registry for the tag's digest, and deploys exactly that image: a tag that was
   * pushed again is a new release, and another tag of the same image is none.
   */
  static registry(repository: string, tag: string): ImageSource {
    return new ImageSource((scope) => {
      const name = DockerHost.of(scope).imageReference(repository);
      const published = new DataDockerRegistryImage(scope, "published", { name: `${name}:${tag}` });
      return { name: `${name}@${published.sha256Digest}` };
    }, `${repository}:${tag}`);
  }

  /**
   * Built by the Docker host's own engine, for its own platform, from a folder with a Dockerfile; changed files or
   * arguments make a new image. Only the folder travels, without what .dockerignore leaves out; the machine that deploys
   * needs no Docker. The argument `REGISTRY` is the environment's.
   */
  static build(context: string, args: Readonly<Record<string, string>> = {}): ImageSource {
    return new ImageSource((scope) => {
      const folder = resolve(context);
      const host = DockerHost.of(scope);
      return {
        name: `${host.nameOf(scope)}:${hashOf(scope, folder, args)}`,
        buildAttribute: {
          context: fromStack(scope, folder),
          buildArgs: { REGISTRY: host.imageReference(""), ...args },
        },
      };
    }, context);
  }

  private constructor(
    private readonly bind: (scope: Construct) => { name: string; buildAttribute?: { context: string } },
    private readonly description: string,
  ) {}

  /** @internal */
  imageIn(scope: Construct) {
    return this.bind(scope);
  }

  toString(): string {
    return this.description;
  }
}

/** An image that is on the Docker host before what runs it starts. */
export class Image extends Construct {
  readonly reference: string;

  constructor(scope: Construct, id: string, source: ImageSource) {
    super(scope, id);
    if (!source) throw new InvalidInput(scope, "has no image; add `image: …`");
    // Kept on the host: the one that ran before is what a rollback needs, and other environments may use it.
    const image = new DockerImage(this, "Resource", {
      ...source.imageIn(this),
      keepLocally: true,
      dependsOn: [DockerHost.of(this).reachable],
    });
    // By default the provider builds with buildx on the machine that deploys, whatever its `host` says. This sends the
    // folder over the provider's own connection, with its pinned keys, and BuildKit in the host's engine builds it; the
    // name is the provider's (resource_docker_image_funcs.go, legacyBuildDockerImage). The bindings are older than it.
    if (image.buildAttributeInput) image.addOverride("build.use_legacy_builder", true);
    this.reference = image.name;
  }
}

/** Terraform keeps the path in its state: an absolute one would be a change for whoever deploys from another folder. */
function fromStack(scope: Construct, folder: string): string {
  return relative(resolve(App.of(scope).outdir, "stacks", TerraformStack.of(scope).node.id), folder);
}

/** A digest of a folder's files: names, modes and contents, of those too that .dockerignore leaves out. */
function hashOf(scope: Construct, folder: string, args: Readonly<Record<string, string>>): string {
  const digest = createHash("sha256");
  for (const [name, value] of Object.entries(args)) digest.update(`${name}=${value}\0`);
  try {
    const files = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => !entry.isDirectory())
      .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
      .filter((file) => !/(^|\/)(\.git|node_modules|__pycache__)\//.test(relative(folder, file)))
      .sort();
    for (const file of files) {
      const { mode } = lstatSync(file);
      const link = (mode & constants.S_IFMT) === constants.S_IFLNK;
      // Git keeps no more of a mode than this; the rest depends on the umask of who cloned.
      const kind = link ? "link" : mode & constants.S_IXUSR ? "executable" : "file";
      digest.update(`${relative(folder, file)}\0${kind}\0`).update(link ? readlinkSync(file) : readFileSync(file));
    }
  } catch (error) {
    throw new InvalidInput(scope, `cannot read the build context ${folder}: ${(error as Error).message}`);
  }
  return digest.digest("hex").slice(0, 12);
}
