import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:net";
import os, { tmpdir } from "node:os";
import { join } from "node:path";
import { sshOptions } from "../../../constructs/runtime/ssh";
import { eventually } from "../../live/eventually";

/** A socket's path on macOS, without the character that ends it; Linux has four more. */
const LONGEST_SOCKET = 103;

/** What ssh puts behind the path while it makes the socket: a dot and sixteen characters. */
const TEMPORARY = 17;

const ADDRESS = { user: "deploy", host: "shop.example", port: 22, hostKeys: ["ssh-ed25519 AAAA"] };
const ROOM = join(__dirname, "..", "..", "..", "constructs", "runtime", "room.sh");

describe("the settings, as ssh itself reads them", () => {
  const outdir = mkdtempSync(join(tmpdir(), "portolan ssh "));
  const stack = join(outdir, "stacks", "staging");

  beforeAll(() => spawnSync("mkdir", ["-p", stack]));
  afterAll(() => rmSync(outdir, { recursive: true }));

  /** What `ssh` would do for a connection. */
  function effective(host = ADDRESS.host): string {
    const options = sshOptions(ADDRESS, outdir, "staging");
    const { stdout, stderr } = spawnSync("ssh", ["-G", ...options, host], {
      cwd: stack,
      encoding: "utf8",
    });
    expect(stderr.replace(/^Pseudo-terminal will not be allocated .*\r?\n/, "")).toBe("");
    return stdout;
  }

  test("trust the pinned keys alone, never ask, and share connections", () => {
    const settings = effective();
    for (const setting of [
      "userknownhostsfile ../../known_hosts/staging",
      "globalknownhostsfile /dev/null",
      "stricthostkeychecking true",
      "verifyhostkeydns false",
      "batchmode yes",
      "controlmaster auto",
      "connecttimeout 20",
    ]) {
      expect(settings).toContain(`${setting}\n`);
    }
    expect(readFileSync(join(outdir, "known_hosts", "staging"), "utf8")).toBe("shop.example ssh-ed25519 AAAA\n");
  });

  test("heed nothing that people want for their terminals, and keep their agent from the host", () => {
    const settings = effective();
    for (const setting of ["requesttty false", "forwardagent no", "clearallforwardings yes"]) {
      expect(settings).toContain(`${setting}\n`);
    }
    expect(settings).not.toContain("remotecommand");
  });

  test("are for the host alone, and not for the machine by which the way may go", () => {
    expect(effective("bastion.example")).not.toMatch(/controlpath|known_hosts\/staging|batchmode yes/);
  });

  test("have room for a socket below a home folder of 57 characters", () => {
    const socket = `${"h".repeat(57)}/.ssh/portolan/${nameOf()}`;
    expect(socket.length + TEMPORARY).toBeLessThanOrEqual(LONGEST_SOCKET);
  });

  test("never share a connection that other keys were checked for, or of another host, user or port", () => {
    const changes = [{}, { hostKeys: ["ssh-ed25519 BBBB"] }, { host: "other.example" }, { user: "root" }, { port: 23 }];
    expect(new Set(changes.map(nameOf)).size).toBe(changes.length);
    expect(nameOf()).toBe(nameOf());
  });

  test("a drop of 20 seconds ends no connection, and keeps no new one from coming about", () => {
    const settings = effective();
    const of = (name: string) => Number(new RegExp(`^${name} (\\d+)$`, "m").exec(settings)?.[1]);
    // TCP's pauses double: after a break of 20 seconds it may be 40 before anything is sent.
    expect(of("serveraliveinterval") * of("serveralivecountmax")).toBeGreaterThan(40);
    expect(of("connecttimeout") * of("connectionattempts")).toBeGreaterThan(20 + of("connecttimeout") / 2);
  });

  function nameOf(change: Partial<typeof ADDRESS> = {}): string {
    sshOptions({ ...ADDRESS, ...change }, outdir, "names");
    const [, path] =
      /ControlPath ~\/\.ssh\/portolan\/(\S+)/.exec(readFileSync(join(outdir, "ssh", "names"), "utf8")) ?? [];
    return path ?? "";
  }
});

test("a user without an account is told so: ssh would refuse it, too", () => {
  const spy = jest.spyOn(os, "userInfo").mockImplementation(() => {
    throw new Error("A system error occurred: uv_os_get_passwd returned ENOENT (no such file or directory)");
  });
  expect(() => sshOptions(ADDRESS, mkdtempSync(join(tmpdir(), "portolan-")), "staging")).toThrow(
    /^no account of this machine has the user id \d+, and ssh works for none without; as root, type: echo /,
  );
  spy.mockRestore();
});

describe("a shared connection", () => {
  const folder = mkdtempSync(join(tmpdir(), "portolan rooms "));
  const running: ChildProcess[] = [];
  const sockets: Server[] = [];

  afterAll(() => {
    for (const child of running) child.kill();
    for (const socket of sockets) socket.close();
    rmSync(folder, { recursive: true });
  });

  /** Connections that let in a process which asks for each of them in turn, as ssh does, and then stays. */
  async function session(): Promise<string> {
    const ask = 'for one in first second; do sh "$0" "$1/$one.sessions" && echo $one; done; echo; cat';
    const child = spawn("sh", ["-c", ask, ROOM, folder]);
    running.push(child);
    let said = "";
    return new Promise((resolve, reject) => {
      child.on("error", reject);
      child.stderr.on("data", (chunk) => reject(new Error(String(chunk))));
      child.stdout.on("data", (chunk) => {
        said += chunk;
        if (/^\n|\n\n$/.test(said)) resolve(said.trim());
      });
    });
  }

  /** What ssh makes when a connection is there. */
  async function connected(name: string): Promise<void> {
    const socket = createServer().listen(join(folder, name));
    sockets.push(socket);
    await once(socket, "listening");
  }

  async function allEnd(): Promise<void> {
    const ended = running.map((child) => once(child, "close"));
    for (const child of running.splice(0)) child.kill();
    await Promise.all(ended);
  }

  test("is made by the first session, and the others wait for it", async () => {
    expect(await session()).toBe("first");
    let others = 0;
    const waiting = [session(), session()].map((one) => one.then((taken) => [taken, others++]));
    await eventually(async () => expect(readdirSync(join(folder, "first.sessions"))).toHaveLength(3));
    expect(others).toBe(0);
    await connected("first");
    expect((await Promise.all(waiting)).map(([taken]) => taken)).toEqual(["first", "first"]);
    await connected("second");
    await allEnd();
  });

  test("takes nine sessions; others go to the next one, none to two, and it has room again when they end", async () => {
    const taken = [];
    for (let i = 0; i < 20; i++) taken.push(await session());
    expect(taken).toEqual([...Array(9).fill("first"), ...Array(9).fill("second"), "", ""]);

    await allEnd();
    expect(await session()).toBe("first");
    expect(readdirSync(join(folder, "first.sessions"))).toHaveLength(1);
  });

  test("never takes more, also when all come at once", async () => {
    await allEnd();
    const taken = await Promise.all(Array.from({ length: 16 }, session));
    expect(taken.filter((one) => one === "first").length).toBeLessThanOrEqual(9);
    expect(taken.filter((one) => one === "second").length).toBeLessThanOrEqual(9);
  });
});

test("nothing is made where HOME points, which is not where ssh looks", () => {
  const home = mkdtempSync(join(tmpdir(), "portolan-home-"));
  const before = process.env.HOME;
  try {
    process.env.HOME = home;
    sshOptions(ADDRESS, home, "staging");
    expect(existsSync(join(home, ".ssh"))).toBe(false);
  } finally {
    process.env.HOME = before;
    rmSync(home, { recursive: true });
  }
});
