import { run } from "../../run";
import type { Report } from "../setup-error";
import { FINGERPRINT_LABEL, fingerprint } from "./fingerprint";

export interface Build {
  readonly image: string;
  readonly folder: string;
  readonly buildArgs?: Readonly<Record<string, string>>;
  /** Fingerprint of the image it is built from. */
  readonly base: string;
}

/** Builds an image unless the engine has it, built from exactly this. */
export async function ensureBuilt({ image, folder, buildArgs = {}, base }: Build, report: Report): Promise<void> {
  const wanted = fingerprint(folder, buildArgs, base);
  if ((await labelOf(image)) === wanted) return;
  report(`building ${image}`);
  const settings = Object.entries(buildArgs).flatMap(([name, value]) => ["--build-arg", `${name}=${value}`]);
  await run("docker", ["build", "--tag", image, "--label", `${FINGERPRINT_LABEL}=${wanted}`, ...settings, folder]);
}

/** The fingerprint of an image the engine has. */
export async function labelOf(image: string): Promise<string | undefined> {
  const format = `{{index .Config.Labels "${FINGERPRINT_LABEL}"}}`;
  const label = await run("docker", ["image", "inspect", "--format", format, image]).catch(() => undefined);
  return label?.stdout.trim();
}
