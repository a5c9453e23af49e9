import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { registryLogins } from "../../../constructs/runtime/registry-logins";

describe("logins to registries", () => {
  const folder = mkdtempSync(join(tmpdir(), "portolan-"));
  const before = process.env.DOCKER_CONFIG;

  beforeAll(() => {
    process.env.DOCKER_CONFIG = folder;
  });

  afterAll(() => {
    if (before === undefined) delete process.env.DOCKER_CONFIG;
    else process.env.DOCKER_CONFIG = before;
    rmSync(folder, { recursive: true });
  });

  test("are none where nobody logged in", () => {
    expect(registryLogins()).toBeUndefined();
  });

  test("are named to the provider, without their credentials", () => {
    const configFile = join(folder, "config.json");
    const config = { auths: { "ghcr.io": { auth: "c2VjcmV0" } }, credHelpers: { "eu.gcr.io": "gcloud" } };
    writeFileSync(configFile, JSON.stringify(config));
    expect(registryLogins()).toEqual([
      { address: "eu.gcr.io", configFile },
      { address: "ghcr.io", configFile },
    ]);
  });
});
