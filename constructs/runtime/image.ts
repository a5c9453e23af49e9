import { createHash } from "node:crypto";
import {
  constants,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { DataDockerRegistryImage } from "@cdktf/provider-docker/lib/data-docker-registry-image";
import { Image as DockerImage } from "@cdktf/provider-docker/lib/image";
import { App, TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { InvalidInput } from "../invalid-input";
import { DockerHost } from "./docker-host";
import { lockBases } from "./dockerfile";

/** Where an image comes from. It becomes an {@link Image} of a stack when a construct uses it. */
export class ImageSource {
  /**
   * An image of a server we run but do not build, like `postgres:18`: the very one that images.lock.json has for it, on
   * every host. A newer image under the same tag never restarts a database by surprise; `npm run images -- update` takes it.
   */
  static official(reference: string): ImageSource {
    return new ImageSource((scope) => {
      const host = DockerHost.of(scope);
      return { name: host.imageReference(host.images.locked(reference)) };
    }, reference);
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
   * arguments make a new image, and so do other locked bases. Only the folder travels, without what .dockerignore leaves
   * out; the machine that deploys needs no Docker. The argument `REGISTRY` is the environment's.
   */
  static build(context: string, args: Readonly<Record<string, string>> = {}): ImageSource {
    return new ImageSource((scope) => {
      const folder = resolve(context);
      const host = DockerHost.of(scope);
      const dockerfile = lockedDockerfile(scope, folder, args);
      return {
        name: `${host.nameOf(scope)}:${hashOf(scope, folder, args, dockerfile?.text)}`,
        buildAttribute: {
          context: fromStack(scope, folder),
          ...(dockerfile && { dockerfile: relative(folder, dockerfile.file) }),
          buildArgs: { REGISTRY: host.imageReference(""), ...args },
        },
      };
    }, context);
  }

  private constructor(
    private readonly bind: (scope: Construct) => {
      name: string;
      buildAttribute?: { context: string; dockerfile?: string };
    },
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
  return relative(stackFolder(scope), folder);
}

function stackFolder(scope: Construct): string {
  return resolve(App.of(scope).outdir, "stacks", TerraformStack.of(scope).node.id);
}

/**
 * The folder's Dockerfile with the locked digests of its bases, in a file of the stack's own folder: the project's own says
 * versions, and only the lock says digests. Nothing where no base is locked.
 */
function lockedDockerfile(scope: Construct, folder: string, args: Readonly<Record<string, string>>) {
  const source = join(folder, "Dockerfile");
  if (!existsSync(source)) return undefined;
  const original = readFileSync(source, "utf8");
  const { images } = DockerHost.of(scope);
  const text = lockBases(original, args, (base) => images.digestOf(base));
  if (text === original) return undefined;
  const file = join(stackFolder(scope), "dockerfiles", createHash("sha256").update(text).digest("hex").slice(0, 12));
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return { text, file };
}

/** A digest of a folder's files: names, modes and contents, of those too that .dockerignore leaves out. */
function hashOf(scope: Construct, folder: string, args: Readonly<Record<string, string>>, dockerfile = ""): string {
  const digest = createHash("sha256").update(dockerfile);
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
