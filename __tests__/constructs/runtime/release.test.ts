import { mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { attempt, type Finished } from "../../../scripts/run";

const SCRIPT = readFileSync(join(__dirname, "..", "..", "..", "constructs", "runtime", "release.sh"), "utf8");

/** A configuration volume that the script may write to, for as long as a test uses it. */
async function withVolume(use: (volume: Volume) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "portolan-"));
  try {
    mkdirSync(join(folder, "config"));
    await use(new Volume(folder));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

class Volume {
  constructor(readonly folder: string) {}

  /** Releases a file under a version. Returns the script's exit code. */
  async release(version: string, content: string, ...command: string[]): Promise<number> {
    return (await this.run(version, content, command)).exitCode;
  }

  /** Releases a file under a version. Returns what the command said. */
  async answers(version: string, content: string, ...command: string[]): Promise<string> {
    return (await this.run(version, content, command)).stdout;
  }

  private run(version: string, content: string, command: string[]): Promise<Finished> {
    rmSync(join(this.folder, "release"), { recursive: true, force: true });
    mkdirSync(join(this.folder, "release"));
    writeFileSync(join(this.folder, "release", "app.conf"), content);
    const script = join(this.folder, "release.sh");
    writeFileSync(
      script,
      SCRIPT.replaceAll("/config", `${this.folder}/config`).replaceAll(
        "cp -R /release",
        `cp -R ${this.folder}/release`,
      ),
    );
    return attempt("sh", [script, version, ...command], {});
  }

  get current(): string {
    return readFileSync(join(this.folder, "config", "current", "app.conf"), "utf8");
  }

  get pointer(): string {
    return readlinkSync(join(this.folder, "config", "current"));
  }

  get releases(): string[] {
    return readdirSync(join(this.folder, "config", "releases")).sort();
  }
}

test("puts the files in place, and nothing else", () =>
  withVolume(async (volume) => {
    expect(await volume.release("v1", "blue")).toBe(0);
    expect(volume).toMatchObject({ current: "blue", pointer: "releases/v1", releases: ["v1"] });
  }));

test("keeps the release before, which a container that is about to go still reads, and none older", () =>
  withVolume(async (volume) => {
    await volume.release("v1", "blue");
    await volume.release("v2", "green");
    await volume.release("v3", "red");
    expect(volume).toMatchObject({ current: "red", releases: ["v2", "v3"] });
  }));

test("asks its command before the files are in place and after, with the version", () =>
  withVolume(async (volume) => {
    await volume.release("v1", "blue");
    const asked = "printf '%s %s: ' $1 $2; cat \"$0/config/current/app.conf\"; echo";
    expect(await volume.answers("v2", "green", "sh", "-c", asked, volume.folder)).toBe(
      "ready v2: blue\nused v2: green\n",
    );
  }));

test.each(["ready", "used"])("keeps the release before when its command fails at %s", (verb) =>
  withVolume(async (volume) => {
    await volume.release("v1", "blue");
    expect(await volume.release("v2", "green", "sh", "-c", `[ $0 != ${verb} ]`)).toBe(1);
    expect(volume).toMatchObject({ current: "blue", pointer: "releases/v1" });
  }),
);

test("can be repeated", () =>
  withVolume(async (volume) => {
    await volume.release("v1", "blue");
    expect(await volume.release("v1", "blue")).toBe(0);
    expect(volume).toMatchObject({ current: "blue", releases: ["v1"] });
  }));

test("can go back to an older version, and forward again", () =>
  withVolume(async (volume) => {
    await volume.release("v1", "blue");
    await volume.release("v2", "green");
    await volume.release("v1", "blue");
    expect(volume).toMatchObject({ current: "blue", releases: ["v1", "v2"] });
    await volume.release("v2", "green");
    expect(volume).toMatchObject({ current: "green", pointer: "releases/v2" });
  }));
