import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Engine } from "../backups/engine";
import { runOnHost } from "../host/run-on-host";
import { atLeast, parseVersion, type Version } from "../setup/version";
import type { SynthesisedStack } from "../synthesised-stack";
import { type HostFacts, hostFactsIn } from "./host-facts";
import { NO_NETWORK } from "./remedy";

/** API of Docker Engine 20.10, the oldest that the live tests run on. */
const OLDEST: Version = [1, 41, 0];
/** Newest API that the Docker provider speaks: that of the client library in its go.mod (docker/docker 28.5). */
const NEWEST: Version = [1, 51, 0];

/** Layers are compressed while they travel, and a build needs room beside what it makes. */
const UNPACKED = 3;
const BUILD_BYTES = 1024 ** 3;

/** How a registry says, by way of Docker, that it hasn't got something. */
const NOT_THERE = /no such manifest|manifest unknown/;

const SCRIPT = join(__dirname, "host-facts.sh");

/**
 * Stops a deploy before anything is planned where its host can't take it.
 *
 * @throws Error with one sentence, and what to type
 */
export async function checkHost(stack: SynthesisedStack): Promise<void> {
  const { pulled, insecure } = imagesOf(stack);
  const words = [...(insecure ? ["--insecure"] : []), ...pulled];
  const finished = await runOnHost(stack, readFileSync(SCRIPT, "utf8"), words);
  const engine = Engine.of(stack);
  if (finished.exitCode !== 0) throw engine.unreachable(finished.stderr);
  const mistake = mistakeOf(hostFactsIn(finished.stdout), { host: engine.place, builds: buildsOf(stack) > 0 });
  if (mistake) throw new Error(mistake);
}

/** What of a host a deploy can't live with, in one sentence and with what to type. */
export function mistakeOf(facts: HostFacts, { host, builds }: { host: string; builds: boolean }): string | undefined {
  const { engine, platform, freeBytes, ownWay, missing } = facts;
  if (!atLeast(version(facts.api), OLDEST)) {
    return `${host} has Docker Engine ${engine}, and 20.10 or newer is needed; upgrade it, see docs.docker.com/engine/install`;
  }
  if (!atLeast(NEWEST, version(facts.oldestApi))) {
    return (
      `${host} has Docker Engine ${engine}, which speaks API ${facts.oldestApi} or newer, and the Docker provider speaks ` +
      `${NEWEST.slice(0, 2).join(".")}; install an older engine, or a newer Portolan`
    );
  }
  if (!platform.startsWith("linux/"))
    return `${host} runs ${platform} containers; an engine with Linux containers is needed`;
  const away = ownWay ? undefined : missing.find(({ failure }) => failure && NO_NETWORK.test(failure));
  if (away) {
    return (
      `${host} cannot reach the registry of ${away.reference} (${lastLine(away.failure)}); ` +
      'let it reach the internet, or name a "registry" that it reaches in the environment\'s file (docs/air-gapped.md)'
    );
  }
  const gone = missing.find(({ reference, failure = "" }) => reference.includes("@") && NOT_THERE.test(failure));
  if (gone) {
    return (
      `the registry has no ${gone.reference}, which is locked; copy it there (docs/air-gapped.md), or lock what it has, type: ` +
      "npm run images -- update"
    );
  }
  // What a registry refuses to tell the host, like a private image, the provider's own login may still get.
  const known = missing.filter(({ platforms }) => platforms.length > 0);
  const foreign = known.find(({ platforms }) => !platforms.some((it) => it.platform === platform));
  if (foreign) {
    const there = [...new Set(foreign.platforms.map((it) => it.platform))].join(", ");
    return (
      `${foreign.reference} is for ${there}, and ${host} is ${platform}; ` +
      `build it for the host, type: docker buildx build --platform ${platform} --push --tag ${foreign.reference} …`
    );
  }
  const bytes = known.flatMap((it) => it.platforms.filter((one) => one.platform === platform).map((one) => one.bytes));
  const needed = UNPACKED * bytes.reduce((sum, one) => sum + one, 0) + (builds ? BUILD_BYTES : 0);
  if (freeBytes !== undefined && freeBytes < needed) {
    return (
      `${host} has ${gigabytes(freeBytes)} free where Docker keeps images, and this deploy needs about ${gigabytes(needed)}; ` +
      "remove what nobody uses, type there: docker image prune --all"
    );
  }
  return undefined;
}

/** Images the provider pulls, by tag: an expression stands for what it will ask the registry. */
function imagesOf({ json }: SynthesisedStack): { pulled: string[]; insecure: boolean } {
  const references = Object.values(json.resource?.docker_image ?? {})
    .filter(({ build }) => !build)
    .map(({ name }) => {
      const [, published] = /\$\{data\.docker_registry_image\.(\w+)\.sha256_digest\}$/.exec(name) ?? [];
      return published ? json.data?.docker_registry_image?.[published]?.name : name;
    });
  const registries = json.provider?.docker?.[0]?.registry_auth ?? [];
  const pulled = [...new Set(references.filter((name) => name !== undefined))];
  return { pulled, insecure: registries.some(({ address }) => address.startsWith("http://")) };
}

function buildsOf({ json }: SynthesisedStack): number {
  return Object.values(json.resource?.docker_image ?? {}).filter(({ build }) => build).length;
}

function version(text: string): Version {
  return parseVersion(text) ?? [0, 0, 0];
}

function lastLine(text = ""): string {
  return text.split("\n").at(-1) ?? "";
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1024 ** 3).toFixed(1)} GB`;
}
