import { lastLines } from "../../scripts/run";
import { Deployment } from "./deployment";
import { eventually } from "./eventually";
import { Machine } from "./machines/machine";
import { publish } from "./releases";
import { SlowLine } from "./slow-line";

jest.setTimeout(600_000);

const ROUND_TRIP = 200;
const BREAK_SECONDS = 20;

describe(`a machine behind ${ROUND_TRIP} ms of line`, () => {
  let machine: Machine;
  let line: SlowLine;
  let deployment: Deployment;

  beforeAll(async () => {
    for (const release of ["one", "two", "three"]) await publish(release);
    machine = await Machine.start({ name: "t-line" });
    line = await SlowLine.to(machine.address, 22);
    line.roundTripMilliseconds = ROUND_TRIP;
    const host = { url: `ssh://root@127.0.0.1:${line.port}`, hostKeys: [machine.hostKey] };
    deployment = await Deployment.create("t-line", { release: "one", host }, undefined, machine);
    await deployment.mustDeploy();
  });

  afterAll(async () => {
    await deployment?.remove();
    line?.close();
    await machine?.stop();
  });

  /** Starts to deploy a release, and comes back when the first of its containers is there. */
  async function begin(release: string): Promise<{ ended: ReturnType<Deployment["deploy"]> }> {
    const before = await deployment.containers();
    deployment.configure({ release });
    const ended = deployment.deploy();
    const isNew = (name: string) => !before.includes(name);
    await eventually(async () => expect((await deployment.containers()).filter(isNew)).not.toEqual([]), 120);
    return { ended };
  }

  async function version(): Promise<unknown> {
    return JSON.parse((await deployment.ask("/api/health")).body).version;
  }

  test(`gets a release that the line drops in the middle of, for ${BREAK_SECONDS} seconds`, async () => {
    const { ended } = await begin("two");
    await line.drop(BREAK_SECONDS);
    const { exitCode, stdout, stderr } = await ended;
    expect({ exitCode, said: exitCode === 0 ? "" : lastLines(stdout + stderr, 40) }).toEqual({ exitCode: 0, said: "" });
    expect(stdout + stderr).not.toContain("refused by peer");
    expect(await version()).toBe("two");
    expect((await deployment.diff()).stdout).toContain("No changes.");
  });

  test("serves what it served when the line breaks for good, the deploy says so, and the next one ends well", async () => {
    const { ended } = await begin("three");
    line.cut();
    const { exitCode, stdout, stderr } = await ended;
    expect(exitCode).not.toBe(0);
    expect(stdout + stderr).toMatch(/exit status 255|connection (closed|reset|refused)|is reachable/i);
    expect(["two", "three"]).toContain(await version());

    line.restore();
    await deployment.mustDeploy();
    expect(await version()).toBe("three");
    expect((await deployment.diff()).stdout).toContain("No changes.");
    const backends = (await deployment.containers()).filter((name) => /-backend-\d+$/.test(name));
    expect(backends).toHaveLength(1);
  });
});
