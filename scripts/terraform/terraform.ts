import { interruption } from "../interruption";
import { attempt, type Finished, lastLines, run } from "../run";
import { eventIn, type UiEvent } from "./ui";

/** A change that a plan would make. */
export interface PlannedChange {
  readonly address: string;
  /** Terraform's word, like "create" or "replace". */
  readonly action: string;
}

export interface Plan {
  readonly changes: readonly PlannedChange[];
  /** Terraform's own count, like "Plan: 3 to add, 0 to change, 1 to destroy." */
  readonly summary: string;
}

export interface PlanOptions {
  /** Only these, and what they depend on. @default - everything */
  readonly targets?: readonly string[];
  /** What is made anew although nothing of it has changed. @default - nothing */
  readonly replace?: readonly string[];
  /** Nothing secret: every process list shows them. @default - none */
  readonly variables?: Readonly<Record<string, string>>;
}

export interface ExchangedImage {
  readonly address: string;
  readonly before: string;
  readonly after: string;
}

interface ResourceChange {
  readonly address: string;
  readonly type: string;
  readonly change: {
    readonly before: { readonly name?: string } | null;
    readonly after: { readonly name?: string } | null;
  };
}

export interface StateResource {
  readonly address: string;
  readonly values: { readonly id?: string; readonly output?: unknown };
}

/** Terraform, or OpenTofu, in the folder of one stack. */
export class Terraform {
  constructor(
    readonly binary: string,
    private readonly folder: string,
  ) {}

  /** The stack names its backend whole, so what another stack left in this folder counts for nothing. */
  async init(): Promise<void> {
    await run(this.binary, ["init", "-input=false", "-no-color", "-reconfigure"], this.options);
  }

  /** @param file where the plan is saved; like every plan it holds the secrets */
  async plan(file: string, { targets = [], replace = [], variables = {} }: PlanOptions = {}): Promise<Plan> {
    const changes: PlannedChange[] = [];
    let summary = "";
    const options = [
      ...targets.map((address) => `-target=${address}`),
      ...replace.map((address) => `-replace=${address}`),
      ...Object.entries(variables).map(([name, value]) => `-var=${name}=${value}`),
    ];
    await this.withEvents(["plan", "-input=false", "-json", `-out=${file}`, ...options], (event) => {
      if (event.kind === "change") changes.push({ address: event.address, action: event.action });
      if (event.kind === "outputs")
        changes.push(...event.names.map((name) => ({ address: `output.${name}`, action: "change" })));
      if (event.kind === "summary") summary = event.text;
    });
    return { changes, summary };
  }

  /** Names of images that a saved plan exchanges: what is there now, and what will be. */
  async exchangedImages(file: string): Promise<ExchangedImage[]> {
    const { stdout } = await run(this.binary, ["show", "-json", file], this.options);
    const changes: readonly ResourceChange[] = JSON.parse(stdout).resource_changes ?? [];
    return changes.flatMap(({ address, type, change: { before, after } }) =>
      type === "docker_image" && before?.name && after?.name && before.name !== after.name
        ? [{ address, before: before.name, after: after.name }]
        : [],
    );
  }

  /** Makes exactly the changes of a saved plan. */
  async apply(file: string, onEvent: (event: UiEvent) => void): Promise<void> {
    await this.withEvents(["apply", "-input=false", "-json", file], onEvent);
  }

  /** Destroys some resources, and what depends on them. */
  async destroy(addresses: readonly string[], onEvent: (event: UiEvent) => void): Promise<void> {
    const targets = addresses.map((address) => `-target=${address}`);
    await this.withEvents(["destroy", "-auto-approve", "-input=false", "-json", ...targets], onEvent);
  }

  /** Addresses of everything the state knows. */
  async stateList(): Promise<string[]> {
    // Without any state there is nothing to list, which Terraform calls an error.
    const { stdout, stderr, exitCode } = await attempt(this.binary, ["state", "list"], this.options);
    if (exitCode !== 0 && !stderr.includes("No state file was found")) throw new Error(lastLines(stderr));
    return stdout.split("\n").filter(Boolean);
  }

  /** Everything the state knows. */
  async resources(): Promise<readonly StateResource[]> {
    const { stdout } = await run(this.binary, ["show", "-json"], this.options);
    return JSON.parse(stdout).values?.root_module?.resources ?? [];
  }

  async forget(addresses: readonly string[]): Promise<void> {
    await run(this.binary, ["state", "rm", ...addresses], this.options);
  }

  /** @throws Error with all that Terraform called an error */
  private async withEvents(args: readonly string[], onEvent: (event: UiEvent) => void): Promise<void> {
    const errors: string[] = [];
    const finished = await attempt(this.binary, args, {
      ...this.options,
      // A second interrupt would make Terraform give up before it has noted what it did.
      interruptedBy: interruption,
      onLine: (line) => {
        const event = eventIn(line);
        if (event?.kind === "error") errors.push(event.text);
        if (event) onEvent(event);
      },
    });
    if (finished.exitCode !== 0) throw new Error(errors.join("\n\n") || otherwise(finished));
  }

  private get options() {
    // State, its backups and plans have every secret in plain text.
    return { cwd: this.folder, umask: 0o077, env: { CHECKPOINT_DISABLE: "1", TF_IN_AUTOMATION: "1" } };
  }
}

/** What a Terraform said that ended without a word in its JSON, like one that was killed. */
function otherwise({ stdout, stderr, exitCode }: Finished): string {
  return `Terraform ended with exit code ${exitCode}\n${lastLines(stderr) || lastLines(stdout)}`.trimEnd();
}
