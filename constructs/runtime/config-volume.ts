import { createHash } from "node:crypto";
import { join } from "node:path";
import { Fn, type ITerraformDependable, Lazy } from "cdktf";
import { Construct } from "constructs";
import type { Image } from "./image";
import { Job } from "./job";
import { script } from "./script";
import { Volume } from "./volume";
import type { Attachment, Mount } from "./workload";

const RELEASE_SCRIPT = script(join(__dirname, "release.sh"));

export interface ConfigVolumeProps {
  /** Has a shell and the usual small tools; the image of the service that reads the files will do. */
  readonly image: Image;

  /** Files by name. Read at synth, so files may be added until then. */
  readonly files: () => Readonly<Record<string, string>>;

  /** The Terraform expressions in the files, if there are any: another value of one means another version. */
  readonly references?: () => readonly string[];

  /** A command for the reader's side of a release, called as release.sh says. */
  readonly activation?: {
    readonly command: readonly string[];
    readonly networks: readonly Attachment[];
    readonly mounts?: readonly Mount[];
    readonly capabilities?: readonly string[];
    readonly timeoutSeconds: number;
  };
}

/**
 * Configuration files in a volume of their own, put there by a job: Docker can't put files into a container with a
 * read-only root, and a changed file would replace the container. Releases lie beside each other, as
 * `releases/<version>`, and `current` points at the one in use.
 */
export class ConfigVolume extends Construct implements ITerraformDependable {
  readonly volumeName: string;

  /** Changes with every change of a file. */
  readonly version: string;

  private readonly job: Job;

  constructor(scope: Construct, id: string, props: ConfigVolumeProps) {
    super(scope, id);
    this.volumeName = new Volume(this, "volume").volumeName;
    this.version = versionOf(props);
    this.job = new Job(this, "release", {
      image: props.image,
      entrypoint: ["sh"],
      command: ["/release.sh", this.version, ...(props.activation?.command ?? [])],
      // Root without any capability: it owns a new volume's top folder.
      user: "0:0",
      files: () => [
        { path: "/release.sh", content: RELEASE_SCRIPT },
        // The provider takes an empty file for none.
        ...Object.entries(props.files()).map(([name, content]) => ({
          path: `/release/${name}`,
          content: content || "\n",
        })),
      ],
      networks: props.activation?.networks,
      mounts: [{ volume: this, path: "/config" }, ...(props.activation?.mounts ?? [])],
      capabilities: props.activation?.capabilities,
      resources: { memory: 64 },
      timeoutSeconds: props.activation?.timeoutSeconds,
    });
  }

  get fqn(): string {
    return this.job.fqn;
  }

  /** Where a file of this version is, in a container that mounts the volume at `mountPath`. */
  pathOf(file: string, mountPath: string): string {
    return `${mountPath}/releases/${this.version}/${file}`;
  }

  startAfter(...dependencies: ITerraformDependable[]): void {
    this.job.startAfter(...dependencies);
  }
}

/** A hash of the files as they read in the code, and of what their expressions will stand for. */
function versionOf({ files, references }: ConfigVolumeProps): string {
  return Lazy.stringValue({
    produce: (context) => {
      const read = JSON.stringify(context.resolve(files()));
      const hash = createHash("sha256").update(read).update(RELEASE_SCRIPT).digest("hex").slice(0, 12);
      return references ? Fn.substr(Fn.sha256(Fn.join(" ", [hash, ...references()])), 0, 12) : hash;
    },
  });
}
