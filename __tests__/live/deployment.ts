import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { attempt, type Finished, lastLines } from "../../scripts/run";
import { LOCAL_REGISTRY } from "../../scripts/setup/images/registry";
import type { EnvironmentData } from "../../stacks/environment";
import { withoutDocker } from "./machines/without-docker";
import { HERE, type Place } from "./place";

const PROJECT = join(__dirname, "..", "..");
const CDKTF = join(PROJECT, "node_modules", ".bin", "cdktf");

/** The registry that `npm test` makes sure of, with stand-ins for the official images. */
export const REGISTRY = LOCAL_REGISTRY;

/** Secrets that no other value of a test contains, so that a search for them means something. */
export function canaries<Name extends string>(...names: Name[]): Record<Name, string> {
  const pairs = names.map((name) => [name, `canary-${name.toLowerCase()}-${randomBytes(16).toString("hex")}`]);
  return Object.fromEntries(pairs);
}

/** The secrets of CHE·NU. */
export const SECRETS = canaries(
  "BACKUP_PASSWORD",
  "CACHE_PASSWORD",
  "DB_ADMIN_PASSWORD",
  "DB_BACKUP_PASSWORD",
  "DB_PASSWORD",
  "DB_ROWS_PASSWORD",
  "JWT_SECRET",
);

export interface SystemUnderTest {
  /** As main.ts calls it. */
  readonly system: string;
  readonly secrets: Readonly<Record<string, string>>;
}

/**
 * An environment of a system that one test deploys with the real CLI, and that leaves nothing behind. Its files are in a
 * folder of its own, its ports are free ones.
 */
export class Deployment {
  static async create(
    name: string,
    data: Partial<EnvironmentData> = {},
    { system, secrets }: SystemUnderTest = { system: "chenu", secrets: SECRETS },
    place: Place = HERE,
  ): Promise<Deployment> {
    const ports = { http: await freePort(), https: await freePort() };
    const deployment = new Deployment(system, name, { ...secrets }, ports, place);
    deployment.configure(data);
    await deployment.discard();
    return deployment;
  }

  readonly domain: string;
  readonly folder = mkdtempSync(join(tmpdir(), "portolan-"));
  readonly prefix: string;
  /** Added to the commands' environment. */
  extraEnv: Record<string, string> = {};
  /** Another program than main.ts, relative to the project. */
  app?: string;
  /** Where commands are typed: the project, or one that stands in for it. */
  project = PROJECT;
  /** Whether commands run as on a machine without Docker. */
  dockerless = false;
  private data: Partial<EnvironmentData> = {};

  private constructor(
    readonly system: string,
    readonly name: string,
    public secrets: Record<string, string>,
    readonly ports: { http: number; https: number },
    readonly place: Place,
  ) {
    this.domain = `${system}.localhost`;
    this.prefix = `${system}-${name}`;
  }

  /** At which its published ports answer. */
  get address(): string {
    return this.place.address;
  }

  /** Change the environment's file. */
  configure(data: Partial<EnvironmentData>): void {
    // Stand-ins have other digests than what the project's own lock has them for.
    const imagesLock = join(this.folder, "images.lock.json");
    this.data = { domain: this.domain, ports: this.ports, imagesLock, ...this.place.data, ...this.data, ...data };
    const folder = join(this.folder, "environments");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `${this.name}.json`), JSON.stringify(this.data));
  }

  /** Folder of the synthesised stack. */
  get stack(): string {
    return join(this.folder, "out", "stacks", this.name);
  }

  get json(): string {
    return readFileSync(join(this.stack, "cdk.tf.json"), "utf8");
  }

  synth(): Promise<Finished> {
    return this.cdktf("synth");
  }

  deploy(): Promise<Finished> {
    return this.cdktf("deploy", this.name, "--auto-approve", "--skip-provider-lock");
  }

  /** Deploys what has to go well; fails with the last that was said otherwise. */
  async mustDeploy(): Promise<void> {
    const { exitCode, stdout, stderr } = await this.deploy();
    if (exitCode !== 0) throw new Error(`the deploy of ${this.prefix} failed\n${lastLines(stdout + stderr, 40)}`);
  }

  diff(): Promise<Finished> {
    return this.cdktf("diff", this.name, "--skip-provider-lock");
  }

  destroy(): Promise<Finished> {
    return this.cdktf("destroy", this.name, "--auto-approve", "--skip-provider-lock");
  }

  /** Terraform itself in the stack's folder. */
  terraform(...args: string[]): Promise<Finished> {
    return this.attempt("terraform", args, this.stack);
  }

  /** Names of this environment's containers, running or not. */
  async containers(): Promise<string[]> {
    const named = ["--format", "{{.Names}}", "--filter", `name=^${this.prefix}-`];
    const { stdout } = await this.place.docker("ps", "-a", ...named);
    return stdout.split("\n").filter(Boolean).sort();
  }

  /** Name of the running container of the construct at a path inside the stack, for what has one. */
  async container(path: string): Promise<string> {
    const labels = [`portolan.environment=${this.system}/${this.name}`, `portolan.construct=${this.name}/${path}`];
    const filters = labels.flatMap((label) => ["--filter", `label=${label}`]);
    const { stdout } = await this.place.docker("ps", "--format", "{{.Names}}", ...filters);
    return stdout.trim();
  }

  /**
   * An HTTPS request to the proxy under the environment's own name; its self-signed certificate is accepted. A text is
   * sent as it is, any other body as JSON.
   */
  ask(path: string, options: { method?: string; body?: unknown } = {}): Promise<{ status: number; body: string }> {
    const { method = "GET", body: sent } = options;
    return new Promise((resolve, reject) => {
      const call = request(
        {
          host: this.address,
          port: this.ports.https,
          servername: this.domain,
          headers: {
            host: `${this.domain}:${this.ports.https}`,
            "content-type": typeof sent === "string" ? "application/octet-stream" : "application/json",
          },
          path,
          method,
          rejectUnauthorized: false,
          timeout: 10_000,
        },
        (response) => {
          let body = "";
          response.setEncoding("utf8").on("data", (chunk: string) => (body += chunk));
          response.on("end", () => resolve({ status: response.statusCode ?? 0, body }));
        },
      );
      call.on("error", reject).on("timeout", () => call.destroy(new Error(`no answer to ${path}`)));
      call.end(sent === undefined || typeof sent === "string" ? sent : JSON.stringify(sent));
    });
  }

  /** Remove everything that carries this environment's name, data too. */
  async discard(): Promise<void> {
    const docker = (...words: string[]) => this.place.docker(...words);
    const named = async (...list: string[]) =>
      (await docker(...list, "--filter", `name=^${this.prefix}-`)).stdout.split("\n").filter(Boolean);
    const containers = await named("ps", "-aq");
    if (containers.length > 0) await docker("rm", "-f", "-v", ...containers);
    const volumes = await named("volume", "ls", "-q");
    if (volumes.length > 0) await docker("volume", "rm", ...volumes);
    const networks = await named("network", "ls", "-q");
    if (networks.length > 0) await docker("network", "rm", ...networks);
    for (const file of this.stateFiles) rmSync(file, { force: true });
  }

  /** Permissions of the state and of its backup, for each that there is. */
  get stateModes(): Record<string, string> {
    const there = this.stateFiles.filter((file) => existsSync(file));
    return Object.fromEntries(
      there.map((file) => [file.replace(/^.*(?=tfstate)/, ""), (statSync(file).mode & 0o777).toString(8)]),
    );
  }

  private get stateFiles(): string[] {
    return ["tfstate", "tfstate.backup"].map((end) =>
      join(this.project, `terraform.${this.system}.${this.name}.${end}`),
    );
  }

  async remove(): Promise<void> {
    await this.discard();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private cdktf(...args: string[]): Promise<Finished> {
    const app = this.app ? ["--app", `node --import tsx ${this.app}`] : [];
    return this.attempt(CDKTF, [...args, ...app, "--output", join(this.folder, "out")]);
  }

  /** Runs a command as whoever deploys this environment. */
  attempt(program: string, args: readonly string[], cwd = this.project): Promise<Finished> {
    const words = this.dockerless ? withoutDocker(program, args) : ([program, args] as const);
    return attempt(...words, { cwd, env: this.env });
  }

  /** What a command of this environment started by hand needs. */
  get processEnv(): NodeJS.ProcessEnv {
    return { ...process.env, ...this.env };
  }

  private get env(): Record<string, string> {
    const secrets = Object.entries(this.secrets).map(([name, value]) => [`TF_VAR_${name}`, value]);
    return {
      ...Object.fromEntries(secrets),
      PORTOLAN_SYSTEM: this.system,
      PORTOLAN_ENVIRONMENTS: join(this.folder, "environments"),
      CDKTF_OUTDIR: join(this.folder, "out"),
      CI: "true",
      FORCE_COLOR: "0",
      TF_CLI_ARGS: "-no-color",
      CHECKPOINT_DISABLE: "1",
      TERRAFORM_BINARY_NAME: join(PROJECT, "scripts", "terraform.sh"),
      ...this.place.env,
      ...this.extraEnv,
    };
  }
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no free port");
  return address.port;
}
