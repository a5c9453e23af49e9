import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Finished } from "../../scripts/run";
import { Deployment, freePort } from "./deployment";
import { Machine } from "./machines/machine";
import { publishReleases, STEPS } from "./machines/rehearsal";
import { Operator } from "./operate/operator";
import { HERE, type Place } from "./place";

jest.setTimeout(900_000);

interface Traces {
  readonly images: string;
  readonly containers: string;
  readonly volumes: string;
}

const CHANGED = "REMOTE HOST IDENTIFICATION HAS CHANGED";

describe("another machine, deployed to over SSH from one without Docker", () => {
  let machine: Machine;
  let deployment: Deployment;
  let operator: Operator;
  let before: Traces;

  beforeAll(async () => {
    await publishReleases();
    machine = await Machine.start({ name: "t-ssh" });
    deployment = await Deployment.create("t-ssh", { release: "good" }, undefined, machine);
    deployment.dockerless = true;
    operator = new Operator(deployment);
    before = await traces(HERE);
  });

  afterAll(async () => {
    await deployment?.remove();
    await machine?.stop();
  });

  test("gets nothing when it shows another key than the pinned one", async () => {
    const { exitCode, said } = await withKey(machine.otherKey, () => deployment.deploy());
    expect(exitCode).not.toBe(0);
    expect(occurrences(said, `${machine.url}:22 is reachable`)).toBe(1);
    expect(said).toContain(CHANGED);
    expect(await deployment.containers()).toEqual([]);
  });

  test("gives one error that names it when nobody answers there", async () => {
    const url = `${machine.url}:${await freePort()}`;
    const { exitCode, said } = await withHost(url, machine.hostKey, () => deployment.deploy());
    expect(exitCode).not.toBe(0);
    expect(occurrences(said, `${url} is reachable`)).toBe(1);
    expect(said).toContain("Connection refused");
    expect(await deployment.containers()).toEqual([]);
  });

  test("gets no image either when its key changes between the plan and the deploy", async () => {
    expect(await deployment.synth()).toMatchObject({ exitCode: 0 });
    expect(await deployment.terraform("init", "-input=false")).toMatchObject({ exitCode: 0 });
    expect(await deployment.terraform("plan", "-input=false", "-out=reviewed")).toMatchObject({ exitCode: 0 });
    // Whoever stands there now answers no connection of before.
    await machine.closeConnections();
    const pinned = join(deployment.folder, "out", "known_hosts", deployment.name);
    const right = readFileSync(pinned, "utf8");
    writeFileSync(pinned, right.replace(machine.hostKey, machine.otherKey));
    const { exitCode, stdout, stderr } = await deployment.terraform("apply", "-input=false", "reviewed");
    writeFileSync(pinned, right);
    expect(exitCode).not.toBe(0);
    expect(stdout + stderr).toContain(CHANGED);
    expect((await machine.docker("images", "--quiet")).stdout).toBe("");
    expect((await machine.docker("ps", "--all", "--quiet")).stdout).toBe("");
  });

  test.each(Object.keys(STEPS))("goes through: %s", async (name) => {
    const [start, received] = [Date.now(), machine.received];
    const saw = await STEPS[name]?.(deployment);
    const seconds = Math.round((Date.now() - start) / 1000);
    console.info(
      `over SSH, ${name}: ${saw}; ${seconds} s, ${Math.round(machine.received - received)} MB travelled there`,
    );
  });

  test("left nothing on the engine of the machine that runs this", async () => {
    expect(await traces(HERE)).toEqual(before);
    expect((await traces(machine)).images).not.toBe("");
  });

  test("hands its backups over, and shows them to who knows its key", async () => {
    expect(JSON.parse(await operator.ok(operator.backup("list", "t-ssh", "--json"))).db).not.toEqual([]);
    const folder = join(deployment.folder, "from afar");
    await operator.ok(operator.restore("--to-file", folder));
    expect(readFileSync(join(folder, "chenu.dump")).subarray(0, 5).toString()).toBe("PGDMP");

    for (const ask of [
      () => operator.backup("list", "t-ssh"),
      () => operator.restore("--to-file", `${folder} too`),
      () => deployment.diff(),
    ]) {
      // Also while the connections of before are still open.
      const { exitCode, said } = await withKey(machine.otherKey, ask);
      expect(exitCode).not.toBe(0);
      expect(said).toContain(CHANGED);
    }
    expect(existsSync(`${folder} too`)).toBe(false);
    const known = await withHost(machine.url, machine.otherKey, () => operator.backup("list", "t-ssh"));
    expect(known.said).toMatch(/cannot be reached:\n[\s\S]*\ncheck the host, its pinned keys/);
    const nobody = `${machine.url}:${await freePort()}`;
    const none = await withHost(nobody, machine.hostKey, () => operator.backup("list", "t-ssh"));
    expect(none.said).toMatch(/cannot be reached:\nssh: .*Connection refused/);
  });

  test("is looked at with the environment's own connection, and only behind the key it is known by", async () => {
    const { stdout } = await operator.host("check", "t-ssh");
    expect(stdout).toMatch(/^ok {2}docker engine/m);
    expect(stdout).toMatch(/^(ok|!!) {2}ssh limits/m);

    const stranger = await withKey(machine.otherKey, () => operator.host("check", "t-ssh"));
    expect(stranger).toMatchObject({ exitCode: 1, said: expect.stringContaining(CHANGED) });
    expect(stranger.said).not.toContain("operating system");
    expect(stranger.said).toContain("error: t-ssh: the host cannot be reached");
  });

  /** What an engine has of the deployment. */
  async function traces(place: Place): Promise<Traces> {
    const of = async (...words: string[]) => (await place.docker(...words)).stdout;
    return {
      images: await of("images", "--quiet", "--filter", `reference=${deployment.prefix}-*`),
      containers: await of("ps", "--all", "--quiet", "--filter", `name=^${deployment.prefix}-`),
      volumes: await of("volume", "ls", "--quiet", "--filter", `name=^${deployment.prefix}-`),
    };
  }

  function withKey(hostKey: string, ask: () => Promise<Finished>) {
    return withHost(machine.url, hostKey, ask);
  }

  async function withHost(url: string, hostKey: string, ask: () => Promise<Finished>) {
    deployment.configure({ host: { url, hostKeys: [hostKey] } });
    try {
      const { exitCode, stdout, stderr } = await ask();
      return { exitCode, said: stdout + stderr };
    } finally {
      deployment.configure(machine.data);
    }
  }
});

function occurrences(text: string, part: string): number {
  return text.split(part).length - 1;
}
