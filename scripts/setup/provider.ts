import { existsSync } from "node:fs";
import { link, mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { run } from "../run";
import { buildGoProgram, type GoProgram } from "./go";
import { platform } from "./machine";
import { type Report, SetupError } from "./setup-error";

const VERSION = "4.6.0";
const REQUIRED = ">= 4.5.0, < 5.0.0";
/** Terraform and OpenTofu each ask a registry of their own for a provider without a host in its name. */
const REGISTRIES = ["registry.terraform.io", "registry.opentofu.org"] as const;

const PROVIDER: GoProgram = {
  module: "github.com/terraform-providers/terraform-provider-docker",
  version: "v0.0.0",
  go: "1.25.8",
  // The module kept the name of its first owner. This commit is release 4.6.0, whose tag Go can't use for that reason.
  replace: {
    "github.com/terraform-providers/terraform-provider-docker":
      "github.com/kreuzwerker/terraform-provider-docker v0.0.0-20260916201441-96d331c98ff4",
  },
  variables: [`main.version=${VERSION}`],
};

/** Where a provider comes from. Only a registry has the signed sums that a lock for all platforms is made of. */
export type ProviderSource = "registry" | "mirror";

/** Sees to the Docker provider: the one Terraform finds by itself, or one built into its implied local mirror. */
export async function ensureProvider(terraform: string, report: Report): Promise<ProviderSource> {
  const found = await tryInit(terraform);
  if (!(found instanceof Error)) return found;

  await ensureMirrored(report, found);
  const mirrored = await tryInit(terraform);
  if (!(mirrored instanceof Error)) return mirrored;
  throw new SetupError(
    "Docker provider",
    `${mirrorPath(REGISTRIES[0])} is there, but not used:\n${mirrored.message}`,
    "see whether your Terraform CLI configuration (~/.terraformrc, TF_CLI_CONFIG_FILE) excludes it",
  );
}

/** What a throw-away `terraform init` that asks for the provider ends with. */
async function tryInit(terraform: string): Promise<ProviderSource | Error> {
  const folder = await mkdtemp(join(tmpdir(), "portolan-provider-"));
  try {
    const docker = { source: "kreuzwerker/docker", version: REQUIRED };
    await writeFile(join(folder, "main.tf.json"), JSON.stringify({ terraform: { required_providers: { docker } } }));
    const { stdout } = await run(terraform, ["init", "-input=false", "-no-color"], { cwd: folder });
    return sourceOf(stdout);
  } catch (error) {
    return error as Error;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** `terraform init` says of each provider it installs whose signature it has; a mirror has none. */
export function sourceOf(init: string): ProviderSource {
  return /^- Installed kreuzwerker\/docker .*signed/m.test(init) ? "registry" : "mirror";
}

async function ensureMirrored(report: Report, failure: Error): Promise<void> {
  const [first, ...others] = REGISTRIES.map(mirrorPath) as [string, ...string[]];
  if (!existsSync(first)) await build(first, report, failure);
  for (const other of others.filter((path) => !existsSync(path))) {
    await mkdir(dirname(other), { recursive: true });
    await link(first, other);
  }
}

async function build(path: string, report: Report, failure: Error): Promise<void> {
  report(`building the Docker provider ${VERSION} from source, about three minutes`);
  await mkdir(dirname(path), { recursive: true });
  // Under another name until it is whole: an interrupted build must not look like a provider.
  const unfinished = join(dirname(path), "unfinished");
  try {
    await buildGoProgram(PROVIDER, unfinished, report);
  } catch (error) {
    throw new SetupError(
      "Docker provider",
      `Terraform can't get it:\n${failure.message}\n\nand it could not be built:\n${(error as Error).message}`,
      `put terraform-provider-docker_v${VERSION} at ${path}`,
    );
  }
  await rename(unfinished, path);
}

/** A place where Terraform looks for providers without being told to. */
function mirrorPath(registry: string): string {
  const folder = join(homedir(), ".terraform.d", "plugins", registry, "kreuzwerker", "docker", VERSION, platform());
  return join(folder, `terraform-provider-docker_v${VERSION}`);
}
