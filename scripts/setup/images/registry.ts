import { join } from "node:path";
import { run } from "../../run";
import { type Report, SetupError } from "../setup-error";
import { waitUntil } from "../wait-until";
import { ensureBase } from "./base";
import { ensureBuilt } from "./build";

const CONTAINER = "portolan-registry";
const ADDRESS = "127.0.0.1:5000";
const MANIFESTS =
  "application/vnd.docker.distribution.manifest.v2+json, application/vnd.oci.image.manifest.v1+json, application/vnd.oci.image.index.v1+json";

/** The registry prefix that stand-in images are pulled with. */
export const LOCAL_REGISTRY = `http://${ADDRESS}`;

/** The name of an image in the local registry: its address before the whole official reference. */
export function localName(reference: string): string {
  return `${ADDRESS}/${reference}`;
}

/**
 * A registry on this machine's loopback. It is a container, so the engine brings it back after a restart.
 *
 * @throws SetupError when another answers there: whoever started it would choose what runs
 */
export async function ensureRegistry(report: Report, container = CONTAINER, address = ADDRESS): Promise<void> {
  const answered = () => answers(address);
  if (await answered()) {
    if (await isOurs(container, address)) return;
    throw new SetupError(
      "Local registry",
      `what answers on ${address} is not the container ${container}, and would choose the images that run here`,
      `stop it, or if you trust it, name it in environments/chenu/local.override.json: { "registry": "http://localhost:${address.split(":")[1]}" }`,
    );
  }
  await start(report, container, address);
  if (await waitUntil(answered, 20)) return;
  throw new SetupError("Local registry", `http://${address} does not answer`, `docker logs ${container}`);
}

/** Puts an image of the engine into the registry, unless the registry has that very image. */
export async function ensurePushed(reference: string): Promise<void> {
  const name = localName(reference);
  const { stdout } = await run("docker", ["image", "inspect", "--format", "{{json .RepoDigests}}", name]);
  const digest = await digestOf(reference);
  if (digest && stdout.includes(digest)) return;
  await run("docker", ["push", name]);
}

/** Folder of this machine in which the local registry keeps its images. */
export async function imagesFolder(): Promise<string> {
  return (await run("docker", ["volume", "inspect", "--format", "{{.Mountpoint}}", CONTAINER])).stdout.trim();
}

async function start(report: Report, container: string, address: string): Promise<void> {
  const image = "portolan/registry";
  const suite = "forky";
  const base = await ensureBase(suite, report);
  await ensureBuilt({ image, folder: join(__dirname, "registry"), buildArgs: { SUITE: suite }, base }, report);
  // A stopped one of before has nothing to keep: the images are in its volume.
  await run("docker", ["rm", "--force", container]);
  const place = ["--publish", `${address}:5000`, "--volume", `${container}:/var/lib/registry`];
  try {
    await run("docker", ["run", "--detach", "--name", container, "--restart", "unless-stopped", ...place, image]);
  } catch (error) {
    throw new SetupError("Local registry", (error as Error).message, `stop what else uses ${address}, then try again`);
  }
}

/** Only one container has the port while it runs. */
async function isOurs(container: string, address: string): Promise<boolean> {
  const format = "{{range .NetworkSettings.Ports}}{{range .}}{{println .HostIp .HostPort}}{{end}}{{end}}";
  const inspected = await run("docker", ["container", "inspect", "--format", format, container]).catch(() => undefined);
  return inspected?.stdout.split("\n").includes(address.replace(":", " ")) ?? false;
}

async function answers(address: string): Promise<boolean> {
  const response = await ask(`http://${address}/v2/`);
  return response?.status === 200 && response.headers.has("docker-distribution-api-version");
}

async function digestOf(reference: string): Promise<string | undefined> {
  const [name, tag] = reference.split(":");
  const response = await ask(`${LOCAL_REGISTRY}/v2/${name}/manifests/${tag}`);
  return response?.headers.get("docker-content-digest") ?? undefined;
}

function ask(url: string): Promise<Response | undefined> {
  const options = { method: "HEAD", headers: { accept: MANIFESTS }, signal: AbortSignal.timeout(3000) };
  return fetch(url, options).catch(() => undefined);
}
