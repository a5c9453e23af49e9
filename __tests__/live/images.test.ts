import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Finished, lastLines, run } from "../../scripts/run";
import { Deployment, REGISTRY } from "./deployment";
import { Client, type WebSocketClient } from "./edge/client";
import { Traffic } from "./edge/traffic";
import { Machine } from "./machines/machine";
import { HERE, type Place } from "./place";

jest.setTimeout(900_000);

const PROJECT = join(__dirname, "..", "..");
const TSX = join(PROJECT, "node_modules", ".bin", "tsx");

/** A part of the tests' registry whose tags nobody else uses, so that they may move. */
const PART = "t-images";
/** On what the tests build, so that they find it again. */
const LABEL = "portolan.test.images";
const HERE_NAMES = `${REGISTRY.replace("http://", "")}/`;

describe("two hosts with one images.lock.json", () => {
  let machine: Machine;
  let here: Deployment;
  let there: Deployment;
  let first: string;
  let second: string;

  beforeAll(async () => {
    await publish("python:3.14-slim", "old");
    first = await publish("nginx:1.30", "old");
    machine = await Machine.start({ name: "t-images" });
    here = await deployment("t-here", HERE);
    there = await deployment("t-there", machine);
    there.configure({ imagesLock: join(here.folder, "images.lock.json") });
  });

  afterAll(async () => {
    await here?.remove();
    await there?.remove();
    await machine?.stop();
    const { stdout } = await run("docker", ["images", "--quiet", "--filter", `label=${LABEL}`]);
    const ids = [...new Set(stdout.split("\n").filter(Boolean))];
    if (ids.length > 0) await run("docker", ["rmi", "--force", ...ids]);
  });

  test("say in one line what is not locked, and change nothing where nobody confirms it", async () => {
    const { exitCode, stderr } = await type(here, "deploy", here.name);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(
      /^Not locked, so each host keeps what it first pulled: nginx:1\.30, python:3\.14-slim; type: .*npm run images -- update$/m,
    );
  });

  test("lock what the tags mean", async () => {
    const { stdout } = await ok(type(here, "images", "update"));
    expect(stdout).toMatch(new RegExp(`^ {2}nginx:1\\.30 +locked: .*${first.slice(0, 19)}$`, "m"));
    expect(lock()).toMatchObject({ "nginx:1.30": { digest: first, platforms: { "linux/amd64": first } } });
    await ok(type(here, "images", "check"));
    await Promise.all([here, there].map(async (it) => ok(type(it, "deploy", it.name, "--yes", it.name))));
    expect(await imagesOfProxies()).toEqual([await idOf(first), await idOf(first)]);
    expect(await basesOfApps()).toEqual(["old", "old"]);
  });

  test("change nothing when tags move, and `images check` says that they have", async () => {
    await publish("python:3.14-slim", "new");
    second = await publish("nginx:1.30", "new");
    expect(second).not.toBe(first);
    for (const it of [here, there]) {
      const { stdout, stderr } = await ok(type(it, "deploy", it.name));
      expect(stdout).toContain("Plan: no changes");
      expect(stderr).not.toContain("Not locked");
    }
    const { exitCode, stderr } = await type(here, "images", "check");
    expect(exitCode).toBe(1);
    expect(stderr).toContain("nginx:1.30 is now");
    expect(stderr).toContain("type: PORTOLAN_SYSTEM=chenu npm run images -- update nginx:1.30");
    expect(stderr).toContain("error: 2 of 2 images need a look");
  });

  test("run exactly the new images after `images update`, the plan says so, and here it is under load", async () => {
    const { stdout } = await ok(type(here, "images", "update", "nginx", "python:3.14-slim"));
    expect(stdout).toMatch(new RegExp(`^ {2}nginx:1\\.30 +.*${first.slice(0, 19)} -> .*${second.slice(0, 19)}$`, "m"));
    const exchange = new RegExp(
      `^proxy/image: .*nginx:1\\.30@${first.slice(0, 19)} -> .*nginx:1\\.30@${second.slice(0, 19)}$`,
      "m",
    );
    expect((await type(there, "deploy", there.name)).stderr).toMatch(exchange);

    const client = new Client(here);
    const sockets: WebSocketClient[] = [];
    for (let i = 0; i < 20; i++) sockets.push(await client.webSocket("/socket"));
    const traffic = new Traffic(client, { perSecond: 300, connections: 30 });
    await traffic.more(600);
    const [, updated] = await Promise.all([
      ok(type(there, "deploy", there.name, "--yes", there.name)),
      ok(type(here, "deploy", here.name, "--yes", here.name)),
    ]);
    await traffic.more(600);
    await traffic.stop();
    for (const socket of sockets) socket.close();

    expect(updated.stderr).toMatch(exchange);
    expect(await imagesOfProxies()).toEqual([await idOf(second), await idOf(second)]);
    expect(await basesOfApps()).toEqual(["new", "new"]);
    const longest = Math.max(...traffic.outcomes.map(({ seconds }) => seconds));
    const cut = traffic.failures.length;
    console.info(
      `the proxy's image updated under 300 requests/s with 20 WebSockets: ${cut} of ${traffic.outcomes.length} requests lost, longest ${longest.toFixed(1)} s`,
    );
    await ok(type(here, "images", "check"));
  });

  /** A deployment of the system in `systems/built.ts`, as the main program of a project of its own. */
  async function deployment(name: string, place: Place): Promise<Deployment> {
    const created = await Deployment.create(name, {}, { system: "chenu", secrets: {} }, place);
    created.configure({ registry: `${place.data.registry}/${PART}` });
    const project = projectOf(created);
    mkdirSync(project);
    writeFileSync(
      join(project, "main.ts"),
      `import ${JSON.stringify(join(PROJECT, "__tests__", "live", "systems", "built"))};\n`,
    );
    symlinkSync(join(PROJECT, "node_modules"), join(project, "node_modules"));
    return created;
  }

  function projectOf({ folder }: Deployment): string {
    return join(folder, "project");
  }

  function type(deployment: Deployment, script: string, ...words: string[]): Promise<Finished> {
    return deployment.attempt(TSX, [join(PROJECT, "scripts", `${script}.ts`), ...words], projectOf(deployment));
  }

  async function ok(finished: Promise<Finished>): Promise<Finished> {
    const { exitCode, stdout, stderr } = await finished;
    if (exitCode !== 0) throw new Error(`exit code ${exitCode}\n${lastLines(stdout + stderr, 40)}`);
    return finished;
  }

  function lock(): unknown {
    return JSON.parse(readFileSync(join(here.folder, "images.lock.json"), "utf8"));
  }

  function imagesOfProxies(): Promise<string[]> {
    return inspected("{{.Image}}", async ({ prefix }) => `${prefix}-proxy`);
  }

  /** The label that the applications' images have from the base they were built on. */
  function basesOfApps(): Promise<string[]> {
    return inspected(`{{index .Config.Labels "${LABEL}"}}`, (deployment) => deployment.container("app"));
  }

  function inspected(format: string, container: (deployment: Deployment) => Promise<string>): Promise<string[]> {
    const ask = async (it: Deployment) => it.place.docker("inspect", "--format", format, await container(it));
    return Promise.all([here, there].map(async (it) => (await ask(it)).stdout.trim()));
  }

  /** What an engine calls the image with a digest. */
  async function idOf(digest: string): Promise<string> {
    const name = `${HERE_NAMES}${PART}/nginx@${digest}`;
    return (await run("docker", ["image", "inspect", "--format", "{{.Id}}", name])).stdout.trim();
  }

  /** Pushes a stand-in under its tag, with a label that makes it another image; returns the digest. */
  async function publish(reference: string, label: "old" | "new"): Promise<string> {
    const name = `${HERE_NAMES}${PART}/${reference}`;
    const dockerfile = `FROM ${HERE_NAMES}${reference}\nLABEL ${LABEL}=${label}\n`;
    await run("docker", ["build", "--quiet", "--tag", name, "-"], { input: dockerfile, env: { DOCKER_BUILDKIT: "0" } });
    const { stdout } = await run("docker", ["push", name]);
    const [digest = ""] = /sha256:[0-9a-f]{64}/.exec(stdout.slice(stdout.lastIndexOf("digest: "))) ?? [];
    return digest;
  }
});
