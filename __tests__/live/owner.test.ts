import { NginxProxy } from "../../constructs/proxy/nginx-proxy";
import { Tls } from "../../constructs/proxy/tls";
import { DataVolume } from "../../constructs/runtime";
import { checkOwner } from "../../scripts/deploy/check-owner";
import { run } from "../../scripts/run";
import { Environment } from "../../stacks/environment";
import { EnvironmentStack } from "../../stacks/environment-stack";
import { Synthesised, testApp } from "../synthesised";
import { REGISTRY } from "./deployment";

const VOLUME = "t-owner-eu-staging-db-data";
const CONTAINER = "t-owner-eu-staging-db";

/** What a deploy of a system with this name and environment would find on this machine. */
function check(system: string, name: string): Promise<void> {
  const stack = new EnvironmentStack(testApp(), system, Environment.parse(name, { domain: "shop.example" }));
  new DataVolume(stack, "db-data");
  new NginxProxy(stack, "proxy", { domain: "shop.example", tls: Tls.selfSigned() });
  const { json } = new Synthesised(stack);
  return checkOwner({ folder: ".", json: json as unknown as Parameters<typeof checkOwner>[0]["json"] });
}

describe("two systems whose names and environments read the same", () => {
  beforeAll(async () => {
    await tidy();
    const image = `${REGISTRY.replace(/^https?:\/\//, "")}/nginx:1.30`;
    const label = "portolan.environment=t-owner/eu-staging";
    // It need not run: nobody else has its data while it is stopped.
    await run("docker", ["create", "--name", CONTAINER, "--label", label, "--volume", `${VOLUME}:/data`, image]);
  });
  afterAll(tidy);

  test("do not take each other's data", async () => {
    await expect(check("t-owner-eu", "staging")).rejects.toThrow(
      `volume ${VOLUME} is that of t-owner/eu-staging on this host (container ${CONTAINER}), and t-owner-eu/staging would take it for its own; ` +
        "rename the system or the environment that has no data yet, or deploy it to another host",
    );
  });

  test("and each keeps its own", async () => {
    await expect(check("t-owner", "eu-staging")).resolves.toBeUndefined();
  });

  async function tidy(): Promise<void> {
    await run("docker", ["rm", "--force", CONTAINER]).catch(() => undefined);
    await run("docker", ["volume", "rm", "--force", VOLUME]).catch(() => undefined);
  }
});
