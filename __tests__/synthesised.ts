import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type App, type TerraformStack, Testing } from "cdktf";
import type { Construct } from "constructs";
import { AppService } from "../constructs/app/app-service";
import type { AppServiceProps } from "../constructs/app/app-service-props";
import { Health, ImageSource } from "../constructs/runtime";
import { Environment, type EnvironmentData } from "../stacks/environment";
import { EnvironmentStack } from "../stacks/environment-stack";

/** A container as it stands in the stack's JSON; what the JSON leaves out is undefined. */
export interface ContainerJson {
  readonly name: string;
  readonly image: string;
  readonly user?: string;
  readonly command?: readonly string[];
  readonly entrypoint?: readonly string[];
  readonly env: readonly string[];
  readonly labels: readonly { label: string; value: string }[];
  readonly mounts?: readonly { source: string; target: string; read_only: boolean; type: string }[];
  readonly networks_advanced?: readonly { name: string; aliases?: readonly string[] }[];
  readonly upload?: readonly { file: string; content: string }[];
  readonly ports?: readonly { internal: number; external: number; ip: string }[];
  readonly provisioner: readonly [{ "local-exec": { command: string; environment?: Record<string, string> } }];
  readonly lifecycle: {
    create_before_destroy?: boolean;
    ignore_changes?: readonly string[];
    replace_triggered_by?: readonly string[];
  };
  readonly depends_on?: readonly string[];
  readonly healthcheck?: { test: readonly string[] } & Record<string, unknown>;
  readonly [attribute: string]: unknown;
}

type Resources<T = Record<string, unknown>> = Readonly<Record<string, T>>;

/** A stack's JSON, without the comments in it. */
export class Synthesised {
  readonly json: {
    readonly terraform: Record<string, Record<string, Record<string, unknown>>>;
    readonly provider: Record<string, Record<string, unknown>[]>;
    readonly variable?: Resources;
    readonly data?: Record<string, Resources>;
    readonly moved?: readonly { from: string; to: string }[];
    readonly resource: Record<string, Resources> & { docker_container?: Resources<ContainerJson> };
  };

  constructor(readonly stack: TerraformStack) {
    // With validations: what fails them is as invalid as what throws.
    this.json = JSON.parse(Testing.synth(stack, true));
  }

  /** All resources of a type by their name in Terraform. */
  resources(type: string): Resources {
    return this.json.resource[type] ?? {};
  }

  get allContainers(): Resources<ContainerJson> {
    return this.json.resource.docker_container ?? {};
  }

  /** The container, or the containers, of the construct at a path inside the stack. */
  containers(path: string): ContainerJson[] {
    return Object.values(this.allContainers).filter(
      (container) => labelOf(container, "construct") === `${this.stack.node.id}/${path}`,
    );
  }

  container(path: string): ContainerJson {
    const found = this.containers(path);
    if (found.length !== 1) throw new Error(`${found.length} containers of ${path}`);
    return found[0] as ContainerJson;
  }

  /** Terraform's name of the container of the construct at a path, as others refer to it. */
  addressOf(path: string): string {
    const wanted = this.container(path);
    const [name] = Object.entries(this.allContainers).find(([, container]) => container === wanted) ?? [];
    return `docker_container.${name}`;
  }
}

/** One of our labels of a container. */
export function labelOf({ labels }: ContainerJson, name: string): string {
  return labels.find(({ label }) => label === `portolan.${name}`)?.value ?? "";
}

/** Synthesises a stack of system "shop" and environment "test" that a test fills. */
export function synthesised(
  build: (stack: EnvironmentStack) => void = () => undefined,
  data: Partial<EnvironmentData> = {},
  environment?: string,
): Synthesised {
  const stack = shop(data, undefined, environment);
  build(stack);
  return new Synthesised(stack);
}

/** An empty stack, in an application of its own if there is none to share. */
export function shop(data: Partial<EnvironmentData> = {}, app = testApp(), environment = "test"): EnvironmentStack {
  const given = { domain: "shop.example", imagesLock: "nowhere.json", ...data };
  return new EnvironmentStack(app, "shop", Environment.parse(environment, given));
}

/** An application service that needs nothing more said. */
export function service(scope: Construct, id: string, props: Partial<AppServiceProps> = {}): AppService {
  return new AppService(scope, id, {
    image: ImageSource.official("shop/api:1"),
    port: 3000,
    health: Health.http("/health"),
    ...props,
  });
}

const folders: string[] = [];

/** An application whose output goes when the test file is through. */
export function testApp(): App {
  const outdir = mkdtempSync(join(tmpdir(), "portolan-"));
  folders.push(outdir);
  return Testing.app({ outdir });
}

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});
