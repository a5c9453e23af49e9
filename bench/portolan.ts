import { join } from "node:path";
import type { Deployment } from "../__tests__/live/deployment";
import { type Finished, lastLines } from "../scripts/run";
import { type Event, eventsIn } from "./apply-events";
import type { Contender } from "./contender";
import type { Releases } from "./releases";
import { synth } from "./synth";

/** As its users deploy it: everything in one command. */
export class Cdktf implements Contender {
  readonly name = "cdktf deploy";

  constructor(
    readonly target: Deployment,
    private readonly releases: Releases,
  ) {}

  async prepareRelease(): Promise<void> {
    this.target.configure({ release: this.releases.next() });
  }

  async deploy(): Promise<void> {
    succeeded(this.name, await this.target.deploy());
  }
}

/** Its part that is Terraform and the provider: plan and apply of a stack that is synthesised and initialised. */
export class TerraformAlone implements Contender {
  readonly name = "terraform apply";

  /** What the last apply did when. */
  events: readonly Event[] = [];

  constructor(
    readonly target: Deployment,
    private readonly releases: Releases,
  ) {}

  async prepareRelease(): Promise<void> {
    this.target.configure({ release: this.releases.next() });
    await this.synth();
  }

  async synth(): Promise<void> {
    await synth(join(this.target.folder, "environments"), join(this.target.folder, "out"));
  }

  async deploy(): Promise<void> {
    const applied = await this.target.terraform("apply", "-auto-approve", "-input=false", "-json");
    succeeded(this.name, applied);
    this.events = eventsIn(applied.stdout);
  }

  async init(): Promise<void> {
    succeeded("terraform init", await this.target.terraform("init", "-input=false"));
  }

  async plan(...options: string[]): Promise<void> {
    succeeded("terraform plan", await this.target.terraform("plan", "-input=false", ...options));
  }
}

function succeeded(what: string, { exitCode, stdout, stderr }: Finished): void {
  if (exitCode === 0) return;
  throw new Error(`${what} failed with exit code ${exitCode}\n${lastLines(`${stdout}\n${stderr}`, 30)}`);
}
