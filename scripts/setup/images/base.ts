import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../run";
import { installed, installPackages } from "../debian";
import { type Report, SetupError } from "../setup-error";
import { labelOf } from "./build";
import type { StandIn } from "./catalogue";
import { FINGERPRINT_LABEL, fingerprint } from "./fingerprint";

const FOLDER = join(__dirname, "base");
const SEARCH_PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** A minimal Debian as an image, made without any image registry; returns its fingerprint. */
export async function ensureBase(suite: StandIn["suite"], report: Report): Promise<string> {
  const image = `portolan/base:${suite}`;
  const wanted = fingerprint(FOLDER, suite);
  if ((await labelOf(image)) === wanted) return wanted;

  if (!installed("mmdebstrap")) await installPackages("Base image", ["mmdebstrap"], report);
  report(`bootstrapping Debian ${suite}`);
  const folder = await mkdtemp(join(tmpdir(), "portolan-base-"));
  try {
    const archive = join(folder, "root.tar");
    await run("mmdebstrap", [
      "--variant=minbase",
      // The same as in base/apt.conf, which is only there once the packages are.
      '--aptopt=Acquire::Check-Valid-Until "false"',
      '--aptopt=APT::Install-Recommends "false"',
      `--dpkgopt=${join(FOLDER, "dpkg.cfg")}`,
      `--customize-hook=upload ${join(FOLDER, "apt.conf")} /etc/apt/apt.conf.d/50images`,
      // base/apt.conf turns these caches off, so apt no longer cleans the ones from before.
      '--customize-hook=rm -f "$1"/var/cache/apt/*.bin',
      suite,
      archive,
    ]);
    const changes = ['CMD ["bash"]', `ENV ${SEARCH_PATH}`, `LABEL ${FINGERPRINT_LABEL}=${wanted}`];
    await run("docker", ["import", ...changes.flatMap((change) => ["--change", change]), archive, image]);
  } catch (error) {
    throw new SetupError(
      "Base image",
      (error as Error).message,
      `see that Debian's package archive can be reached, or set "registry" in environments/chenu/local.override.json to a registry ` +
        "that has the official images (docs/air-gapped.md)",
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return wanted;
}
