import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../run";
import { CACHE } from "./cache";
import { architecture } from "./machine";
import { type Report, SetupError } from "./setup-error";
import { unzip } from "./unzip";

const PIECE = "Go";
/** What everything is built with: an older Go is too old for some of it, and a newer one can refuse what it depends on. */
export const GO_VERSION = "1.26.8";
const MODULES = "https://proxy.golang.org";
const SUMS: Readonly<Record<string, string>> = {
  amd64: "30c2b1bf7dcc88d3eb0a1364e47ddd9128edb3110a30e8a0ef61cd5856b31de7",
  arm64: "02b36b6787b3ac767668f630e2998df45a3b1f9ffee08d1bf3ef6487cd658d99",
};

/**
 * Go's own distribution, from where Go itself fetches newer ones, so that no release of Debian is too old to build with;
 * returns the path of its program. It is kept for this user, and found by nobody else.
 */
export async function ensureToolchain(report: Report, modules = MODULES, cache = CACHE): Promise<string> {
  const folder = join(cache, `go-${GO_VERSION}`);
  const program = join(folder, "bin", "go");
  if (existsSync(program)) return program;
  const name = `v0.0.1-go${GO_VERSION}.linux-${architecture()}`;
  report(`downloading Go ${GO_VERSION}`);
  const archive = await download(`${modules}/golang.org/toolchain/@v/${name}.zip`);
  await mkdir(cache, { recursive: true });
  // Elsewhere until it is whole: an interrupted run must not look like a Go.
  const unfinished = await mkdtemp(join(cache, "go-"));
  try {
    await unzip(archive, unfinished, { piece: PIECE }, report);
    const unpacked = join(unfinished, `golang.org/toolchain@${name}`);
    // Archives of Go modules don't say which files are programs.
    await run("chmod", ["-R", "+x", join(unpacked, "bin"), join(unpacked, "pkg", "tool")]);
    await rename(unpacked, folder);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  return program;
}

async function download(url: string): Promise<Buffer> {
  const response = await fetch(url, { signal: AbortSignal.timeout(300_000) }).catch(() => undefined);
  if (!response?.ok) {
    const why = response ? `answers with ${response.status}` : "does not answer";
    throw new SetupError(
      PIECE,
      `the setup has to build from source here, which takes Go 1.21 or newer, and ${url} ${why}`,
      "install Go and put it on PATH",
    );
  }
  const archive = Buffer.from(await response.arrayBuffer());
  const sum = createHash("sha256").update(archive).digest("hex");
  if (sum !== SUMS[architecture()]) {
    throw new SetupError(
      PIECE,
      `${url} has the SHA-256 sum ${sum}, which is not Go's`,
      "try again, on another network",
    );
  }
  return archive;
}
