import { readFileSync } from "node:fs";
import { join } from "node:path";
import { checkOwner } from "../../scripts/deploy/check-owner";
import { run } from "../../scripts/run";
import { Deployment, REGISTRY } from "./deployment";

jest.setTimeout(400_000);

const VOLUME = "t-owner-eu-staging-db-data";
const CLAIM = "t-owner-eu-staging-host-owner";
const CONTAINER = "t-owner-eu-staging-db";
const OTHERWISE =
  "t-owner-eu/staging would take what is there for its own; rename the system or the environment that has no data yet, or " +
  "deploy it to another host";

describe("two systems whose names and environments read the same", () => {
  let first: Deployment;
  let second: Deployment;

  beforeAll(async () => {
    first = await deployment("t-owner", "eu-staging");
    second = await deployment("t-owner-eu", "staging");
    await first.mustDeploy();
    await second.synth();
  });
  afterAll(async () => {
    await first?.remove();
    await second?.remove();
  });

  test("do not take each other's data, also while no container has it", async () => {
    const mistake = `volume ${CLAIM} is that of t-owner/eu-staging on this host (if it is gone for good, type: docker volume rm ${CLAIM}), and ${OTHERWISE}`;
    await expect(look(second)).rejects.toThrow(mistake);
    const { exitCode, stdout, stderr } = await second.deploy();
    expect(exitCode).not.toBe(0);
    // Terraform wraps what it prints.
    expect(`${stdout}${stderr}`.replaceAll(/[\s│]+/g, " ")).toContain(mistake);
    expect((await second.terraform("state", "list")).stdout).not.toContain("docker_volume");
  });

  test("nor that of a container that was there before there were claims", async () => {
    await run("docker", ["volume", "rm", CLAIM]);
    // It need not run: nobody else has its data while it is stopped.
    const image = `${REGISTRY.replace(/^https?:\/\//, "")}/nginx:1.30`;
    const label = "portolan.environment=t-owner/eu-staging";
    await run("docker", ["create", "--name", CONTAINER, "--label", label, "--volume", `${VOLUME}:/data`, image]);
    const mistake = `volume ${VOLUME} is that of t-owner/eu-staging on this host (container ${CONTAINER} has it), and ${OTHERWISE}`;
    await expect(look(second)).rejects.toThrow(mistake);
    expect((await second.deploy()).exitCode).not.toBe(0);
    expect(await volumes()).toEqual([VOLUME]);
    await run("docker", ["rm", CONTAINER]);
  });

  test("and each keeps its own, until it is gone with its data", async () => {
    await first.terraform("apply", "-auto-approve", "-replace=terraform_data.owner");
    await expect(look(first)).resolves.toBeUndefined();
    expect(await volumes()).toEqual([VOLUME, CLAIM]);
    expect(await first.destroy()).toMatchObject({ exitCode: 0 });
    expect(await volumes()).toEqual([]);
    await second.mustDeploy();
  });

  async function deployment(system: string, name: string): Promise<Deployment> {
    const created = await Deployment.create(name, {}, { system, secrets: {} });
    created.app = "__tests__/live/systems/owners.ts";
    return created;
  }

  /** What `npm run deploy` does before it plans. */
  function look({ stack }: Deployment): Promise<void> {
    return checkOwner({ folder: stack, json: JSON.parse(readFileSync(join(stack, "cdk.tf.json"), "utf8")) });
  }

  async function volumes(): Promise<string[]> {
    const { stdout } = await run("docker", ["volume", "ls", "--quiet", "--filter", "name=^t-owner-eu-staging-"]);
    return stdout.split("\n").filter(Boolean).sort();
  }
});
