import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { attempt, run } from "../../../scripts/run";
import { eventually } from "../eventually";
import { HERE } from "../place";
import { Machine } from "./machine";
import { withoutDocker } from "./without-docker";

jest.setTimeout(300_000);

const NAMES = ["t-machine-a", "t-machine-b"] as const;

describe("machines of the tests", () => {
  const machines: Machine[] = [];

  beforeAll(async () => {
    machines.push(await Machine.start({ name: NAMES[0], engine: "20.10" }), await Machine.start({ name: NAMES[1] }));
  });

  afterAll(() => Promise.all(machines.map((machine) => machine.stop())));

  test("are up at the same time, each with an engine, processes and addresses of its own", async () => {
    const ids = await Promise.all(
      [HERE, ...machines].map(async (place) => (await place.docker("info", "--format", "{{.ID}}")).stdout),
    );
    expect(new Set(ids).size).toBe(3);
    expect(new Set(machines.map(({ address }) => address)).size).toBe(2);
    const versions = machines.map((machine) => machine.docker("version", "--format", "{{.Server.Version}}"));
    const [old, present] = await Promise.all(versions);
    expect(old?.stdout).toMatch(/^20\.10\./);
    expect(present?.stdout).toMatch(/^28\./);
    for (const [i, machine] of machines.entries()) {
      expect((await machine.exec("hostname")).stdout.trim()).toBe(NAMES[i]);
      expect((await machine.exec("pgrep", "-c", "dockerd")).stdout.trim()).toBe("1");
    }
  });

  test("let in who has the key, and show the one they are known by", async () => {
    for (const { address, hostKey, env } of machines) {
      const { stdout } = await run("ssh-keyscan", ["-t", "ed25519", address]);
      expect(stdout.trim()).toBe(`${address} ${hostKey}`);
      const trusting = ["-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "BatchMode=yes"];
      const ask = (options: Record<string, string>) =>
        attempt("ssh", [...trusting, "-F", "none", `root@${address}`, "echo", "in"], { env: options });
      expect(await ask(env)).toMatchObject({ stdout: "in\n" });
      expect(await ask({ SSH_AUTH_SOCK: "", HOME: "/nonexistent" })).toMatchObject({
        exitCode: 255,
        stderr: expect.stringContaining("Permission denied"),
      });
    }
  });

  test("pull from the registry that the tests publish to, and publish ports at their address", async () => {
    for (const machine of machines) {
      const image = `${machine.registry.replace("http://", "")}/python:3.14-slim`;
      const server = ["python3", "-m", "http.server", "80"];
      await machine.docker("run", "--detach", "--name", "web", "--publish", "8080:80", image, ...server);
      await eventually(async () => expect((await fetch(`http://${machine.address}:8080/`)).status).toBe(200));
      expect((await HERE.docker("ps", "--all", "--quiet", "--filter", "name=^web$")).stdout).toBe("");
    }
  });

  test("leave nothing behind when the process that started them is killed, and start again", async () => {
    const name = "t-machine-killed";
    const script = join(__dirname, "start.ts");
    const child = spawn(process.execPath, ["--import", "tsx", script, name], { stdio: ["ignore", "pipe", "inherit"] });
    try {
      await once(child.stdout, "data");
      expect((await traces(name)).processes).not.toBe("");
    } finally {
      child.kill("SIGKILL");
    }
    await eventually(async () => expect(await traces(name)).toEqual({ processes: "", groups: expect.anything() }));

    const again = await Machine.start({ name });
    expect((await again.docker("ps", "--all", "--quiet")).stdout).toBe("");
    const { address: itsAddress } = again;
    await again.stop();
    expect(await traces(name)).toEqual({ processes: "", groups: "" });
    expect((await run("ip", ["-o", "address"])).stdout).not.toContain(itsAddress.replace(/2$/, "1/"));
    for (const table of ["nat", "filter"]) {
      expect((await run("iptables", ["-w", "-t", table, "-S"])).stdout).not.toContain(itsAddress);
    }
  });

  test("can be deployed to from where Docker isn't, while the engine here goes on", async () => {
    const asked = await attempt(...withoutDocker("sh", ["-c", "docker version; which docker; which ls"]));
    expect(asked).toMatchObject({
      stdout: expect.stringMatching(/^\S+\/ls\n$/),
      stderr: expect.stringMatching(/not found/),
    });
    const socket = ["--silent", "--unix-socket", "/var/run/docker.sock", "http://localhost/version"];
    expect((await attempt(...withoutDocker("curl", socket))).exitCode).toBe(7);
    expect((await attempt("curl", socket)).stdout).toContain("ApiVersion");
  });
});

/** What is left of a machine: processes of its network, control groups. */
async function traces(name: string): Promise<{ processes: string; groups: string }> {
  const processes = `grep -lsz '^MACHINE=.*/${name}$' /proc/[0-9]*/environ || true`;
  const groups = `find /sys/fs/cgroup -type d -path '*/portolan-${name}'`;
  const [first, second] = await Promise.all([run("sh", ["-c", processes]), run("sh", ["-c", groups])]);
  return { processes: first.stdout, groups: second.stdout };
}
