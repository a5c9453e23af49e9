import { createHash } from "node:crypto";
import { accessSync, constants } from "node:fs";
import { chmod, mkdir } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { findTerraform, OLDEST_TERRAFORM } from "../terraform/binary";
import { buildGoProgram, type GoProgram } from "./go";
import { architecture } from "./machine";
import { type Report, SetupError } from "./setup-error";
import { unzip } from "./unzip";

const PIECE = "Terraform";
const RELEASE = "1.13.3";
const RELEASES = "https://releases.hashicorp.com";

export const OPENTOFU: GoProgram = {
  module: "github.com/opentofu/opentofu",
  version: "v1.12.6",
  go: "1.26.6",
  replace: {
    "github.com/hashicorp/hcl/v2 v2.20.1": "github.com/opentofu/hcl/v2 v2.20.2-0.20251021132045-587d123c2828",
  },
  folder: "cmd/tofu",
  variables: ["github.com/opentofu/opentofu/version.dev=no"],
};

/** Sees to a Terraform, or an OpenTofu in its place; returns its name on PATH. */
export async function ensureTerraform(report: Report): Promise<string> {
  const found = await findTerraform();
  if (found) return found;
  const folder = await binFolder();
  const wantsTofu = process.env.TERRAFORM_BINARY_NAME === "tofu";
  if (wantsTofu || !(await downloadTerraform(folder, report))) return await buildOpenTofu(folder, report);
  return "terraform";
}

/** The official release, checked against its published sum; false when it can't be reached. */
export async function downloadTerraform(folder: string, report: Report, releases = RELEASES): Promise<boolean> {
  const base = `${releases}/terraform/${RELEASE}/terraform_${RELEASE}`;
  const file = `terraform_${RELEASE}_linux_${architecture()}.zip`;
  const sums = await fetch(`${base}_SHA256SUMS`, { signal: AbortSignal.timeout(5000) }).catch(() => undefined);
  if (!sums?.ok) return false;

  report(`downloading Terraform ${RELEASE}`);
  const archive = await fetch(`${releases}/terraform/${RELEASE}/${file}`, { signal: AbortSignal.timeout(300_000) })
    .then((response) => (response.ok ? response.arrayBuffer() : undefined))
    .catch(() => undefined);
  if (!archive) return false;
  const bytes = Buffer.from(archive);
  const sum = createHash("sha256").update(bytes).digest("hex");
  if (!(await sums.text()).split("\n").includes(`${sum}  ${file}`)) {
    throw new SetupError(PIECE, `${file} does not have its published SHA-256 sum`, "try again, on another network");
  }
  await unzip(bytes, folder, { piece: PIECE, only: ["terraform"] }, report);
  await chmod(join(folder, "terraform"), 0o755);
  return true;
}

async function buildOpenTofu(folder: string, report: Report): Promise<string> {
  report(`building OpenTofu ${OPENTOFU.version} from source, about five minutes`);
  try {
    await buildGoProgram(OPENTOFU, join(folder, "tofu"), report);
  } catch (error) {
    throw new SetupError(
      PIECE,
      `it is not installed, ${RELEASES} does not answer, and OpenTofu could not be built:\n${(error as Error).message}`,
      `install Terraform or OpenTofu ${OLDEST_TERRAFORM} or newer and put it on PATH`,
    );
  }
  return "tofu";
}

/** A folder on PATH to install to: the machine's when this user may write there, otherwise the user's own. */
async function binFolder(): Promise<string> {
  const shared = "/usr/local/bin";
  try {
    accessSync(shared, constants.W_OK);
    return shared;
  } catch {
    const own = join(homedir(), ".local", "bin");
    await mkdir(own, { recursive: true });
    process.env.PATH = `${own}:${process.env.PATH}`;
    return own;
  }
}
