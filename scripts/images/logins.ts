import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { attempt } from "../run";

interface DockerConfig {
  readonly auths?: Readonly<Record<string, { readonly auth?: string }>>;
  readonly credHelpers?: Readonly<Record<string, string>>;
  readonly credsStore?: string;
}

/** Under which `docker login` keeps the login of Docker Hub. */
const DOCKER_HUB = "https://index.docker.io/v1/";

/** The login that `docker login` left on this machine for a registry, as HTTP's basic authentication has it. */
export async function loginFor(registry: string): Promise<string | undefined> {
  const config = dockerConfig();
  const address = registry === "registry-1.docker.io" ? DOCKER_HUB : registry;
  const helper = config.credHelpers?.[address] ?? config.credsStore;
  if (!helper) return config.auths?.[address]?.auth;
  const { stdout, exitCode } = await attempt(`docker-credential-${helper}`, ["get"], { input: address });
  // Nobody logged in there.
  if (exitCode !== 0) return undefined;
  const { Username, Secret } = JSON.parse(stdout);
  return Buffer.from(`${Username}:${Secret}`).toString("base64");
}

function dockerConfig(): DockerConfig {
  try {
    return JSON.parse(
      readFileSync(join(process.env.DOCKER_CONFIG ?? join(homedir(), ".docker"), "config.json"), "utf8"),
    );
  } catch {
    return {};
  }
}
