import { existsSync } from "node:fs";
import { run } from "../run";
import { SetupError } from "../setup/setup-error";
import { atLeast, parseVersion, type Version } from "../setup/version";

const PIECE = "Terraform";

/** Oldest Terraform and OpenTofu that do what the stacks need: S3's own lock file is the newest of it. */
const OLDEST: Version = [1, 10, 0];

/** As people write it. */
export const OLDEST_TERRAFORM = OLDEST.slice(0, 2).join(".");

/**
 * The name on PATH of a Terraform, or of an OpenTofu in its place; nothing when there is neither.
 *
 * @throws SetupError when all that there are are too old
 */
export async function findTerraform(): Promise<string | undefined> {
  forgetMissingConfiguration();
  const named = process.env.TERRAFORM_BINARY_NAME;
  const old: string[] = [];
  for (const binary of named ? [named] : ["terraform", "tofu"]) {
    const version = await versionOf(binary);
    if (version && atLeast(version, OLDEST)) return binary;
    if (version) old.push(`${binary} is version ${version.join(".")}`);
  }
  if (old.length === 0) return undefined;
  throw new SetupError(
    PIECE,
    `${old.join(", and ")}; ${OLDEST_TERRAFORM} or newer is needed`,
    "install a newer one, or remove it from PATH and let the setup fetch one",
  );
}

/** The same, for commands that install nothing. */
export async function needTerraform(): Promise<string> {
  const found = await findTerraform();
  if (found) return found;
  const named = process.env.TERRAFORM_BINARY_NAME;
  throw new SetupError(
    PIECE,
    named ? `TERRAFORM_BINARY_NAME says ${named}, which is not on PATH` : "neither terraform nor tofu is on PATH",
    `install Terraform or OpenTofu ${OLDEST_TERRAFORM} or newer`,
  );
}

/** OpenTofu puts its warning about a missing file into JSON output too, and cdktf stumbles over that. */
function forgetMissingConfiguration(): void {
  const file = process.env.TF_CLI_CONFIG_FILE;
  if (file && !existsSync(file)) delete process.env.TF_CLI_CONFIG_FILE;
}

async function versionOf(binary: string): Promise<Version | undefined> {
  const said = await run(binary, ["version", "-json"]).catch(() => undefined);
  return said && terraformVersion(said.stdout);
}

/** What `version -json` says. OpenTofu may print warnings before the JSON. */
export function terraformVersion(said: string): Version | undefined {
  return parseVersion(/"terraform_version": *"([^"]+)"/.exec(said)?.[1] ?? "");
}
