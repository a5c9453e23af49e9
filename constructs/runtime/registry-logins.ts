import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/**
 * The registries that `docker login` was done for on this machine: the provider uses a login only for a registry that is
 * named to it. It reads the credentials itself; the stack has none.
 */
export function registryLogins(): { address: string }[] | undefined {
  const file = join(process.env.DOCKER_CONFIG ?? join(homedir(), ".docker"), "config.json");
  try {
    const { auths = {}, credHelpers = {} } = JSON.parse(readFileSync(file, "utf8"));
    const addresses = [...new Set([...Object.keys(auths), ...Object.keys(credHelpers)])].sort();
    return addresses.length > 0 ? addresses.map((address) => ({ address, configFile: file })) : undefined;
  } catch {
    // Nobody logged in: public images need nothing.
    return undefined;
  }
}
