import { Container } from "@cdktf/provider-docker/lib/container";
import { dependable, type IResolvable, type ITerraformDependable, Lazy } from "cdktf";
import { Construct } from "constructs";
import { DockerHost } from "./docker-host";
import { containerOf } from "./engine";
import type { Workload } from "./workload";

/** A file put into a job's container before it starts. */
export interface JobFile {
  readonly path: string;
  /** May be a Terraform expression, a sensitive one too. */
  readonly content: string;
}

export interface JobWorkload extends Workload {
  /** Docker refuses to put files into a container whose root is read-only, so theirs is not. */
  readonly files?: () => readonly JobFile[];

  /**
   * Seconds after which a job that has not ended counts as failed.
   *
   * @default 600
   */
  readonly timeoutSeconds?: number;

  /**
   * Of the image it needs no more than any image has: another one alone does not run it again. What waits for the job, and
   * has to stop for the same image, would be away for longer.
   *
   * @default false
   */
  readonly anyImage?: boolean;

  /** Run again whenever one of these was replaced, beside the job's own changes. @default - none */
  readonly replacedWith?: readonly ITerraformDependable[];
}

/**
 * A container that runs to its end once, and again whenever something about it changes. A failure fails the deploy with
 * the last log lines, and whatever starts after the job is left alone; the next deploy runs it again.
 */
export class Job extends Construct implements ITerraformDependable {
  readonly fqn: string;
  private readonly container: Container;

  constructor(scope: Construct, id: string, workload: JobWorkload) {
    super(scope, id);
    const host = DockerHost.of(this);
    this.container = new Container(this, "Resource", {
      ...containerOf(this, { ...workload, readOnlyRoot: workload.files ? false : workload.readOnlyRoot }),
      name: host.jobNameOf(this),
      mustRun: false,
      restart: "no",
      upload: workload.files && uploadsOf(workload.files),
      // Services that start first make their jobs do so too (see Replacement), so a job's name is never used twice.
      lifecycle: {
        ignoreChanges: ["name", ...(workload.anyImage ? ["image"] : [])],
        replaceTriggeredBy: workload.replacedWith?.map(dependable),
      },
      provisioners: [host.awaits("completed", workload.timeoutSeconds ?? 600)],
    });
    this.fqn = this.container.fqn;
    host.add(this.container.name);
  }

  /** Run only after these. */
  startAfter(...dependencies: ITerraformDependable[]): void {
    this.container.dependsOn = [...(this.container.dependsOn ?? []), ...dependencies.map(dependable)];
  }
}

function uploadsOf(files: () => readonly JobFile[]): IResolvable {
  return Lazy.anyValue({ produce: () => files().map(({ path, content }) => ({ file: path, content })) });
}
