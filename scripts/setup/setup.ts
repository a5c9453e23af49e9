import { join } from "node:path";
import { ensureEngine } from "./engine";
import { ensureImages } from "./images/images";
import { readEnvironment } from "./override";
import { ensureProvider, type ProviderSource } from "./provider";
import { runSteps } from "./steps";
import { ensureTerraform } from "./terraform";

/** The environment of this machine. */
export const LOCAL_ENVIRONMENT = join(__dirname, "..", "..", "environments", "chenu", "local.json");

export interface SetupResult {
  /** Name on PATH of the Terraform or OpenTofu to use. */
  readonly terraform: string;
  readonly provider: ProviderSource;
  /** Put before image references, like `http://127.0.0.1:5000`; nothing for Docker Hub. */
  readonly registry?: string;
}

/** Makes this machine able to deploy and test: engine, Terraform, provider and images. Doing it again changes nothing. */
export async function setup(): Promise<SetupResult> {
  let terraform = "terraform";
  let provider: ProviderSource = "registry";
  let registry: string | undefined;
  await runSteps([
    { title: "Docker Engine", run: ensureEngine },
    {
      title: "Terraform",
      run: async (report) => {
        terraform = await ensureTerraform(report);
        // What cdktf runs.
        process.env.TERRAFORM_BINARY_NAME = terraform;
        return terraform;
      },
    },
    {
      title: "Docker provider",
      run: async (report) => {
        provider = await ensureProvider(terraform, report);
        return provider === "mirror" ? "from a mirror" : "from its registry";
      },
    },
    {
      title: "Images",
      run: async (report) => {
        registry = await ensureImages(report, readEnvironment(LOCAL_ENVIRONMENT).registry);
        return `from ${registry ?? "Docker Hub"}`;
      },
    },
  ]);
  return { terraform, provider, registry };
}
