import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { sharedConnections } from "../../../constructs/runtime/ssh";
import { hasEnded } from "../../../scripts/has-ended";
import { type Finished, lastLines, run, succeeds } from "../../../scripts/run";
import { imagesFolder } from "../../../scripts/setup/images/registry";
import { removeControlGroups } from "../../../scripts/setup/machines/control-groups";
import { ensureDockerd } from "../../../scripts/setup/machines/dockerd";
import { ensureRootFileSystem, MACHINES, SYSTEM_MOUNTS } from "../../../scripts/setup/machines/root-file-system";
import { waitUntil } from "../../../scripts/setup/wait-until";
import type { Place } from "../place";
import { Cable } from "./network";

/** The engine's line: Debian 12's, forky's, and the next. */
export type Engine = "20.10" | "28" | "29";

export interface MachineOptions {
  /** Its host name; two machines of one name can't be up at once. */
  readonly name: string;

  /** @default "28" */
  readonly engine?: Engine;

  /** Whether the engine keeps images in containerd's store. @default - as the engine does by itself */
  readonly containerdStore?: boolean;
}

/**
 * Another machine, as far as one kernel goes: a Docker host with processes, mounts, network, root file system, engine and
 * sshd of its own, which shares nothing with this one's engine. What it was is gone when it stops, or when this process
 * ends in any other way.
 */
export class Machine implements Place {
  static async start(options: MachineOptions): Promise<Machine> {
    const machine = new Machine(options);
    try {
      await machine.boot();
      return machine;
    } catch (error) {
      await machine.stop();
      throw error;
    }
  }

  private readonly folder: string;
  private process?: ChildProcess;
  private cable?: Cable;

  private constructor(private readonly options: MachineOptions) {
    this.folder = join(MACHINES, "running", options.name);
  }

  get address(): string {
    return this.plugged.address;
  }

  get url(): string {
    return `ssh://root@${this.address}`;
  }

  /** Its public key as an environment pins it. */
  get hostKey(): string {
    return this.publicKey("host");
  }

  /** Another machine's key. */
  get otherKey(): string {
    return this.publicKey("other");
  }

  /** Where ssh finds the one key that opens the door. */
  get agent(): string {
    return join(this.folder, "agent");
  }

  /** A registry that both this machine and the other one reach, with what is in the tests' own. */
  get registry(): string {
    return `http://${this.plugged.gateway}:5000`;
  }

  get data(): Required<Place["data"]> {
    return { host: { url: this.url, hostKeys: [this.hostKey] }, registry: this.registry };
  }

  get env(): Record<string, string> {
    return { SSH_AUTH_SOCK: this.agent };
  }

  /** Runs a command there, past sshd. */
  exec(command: string, ...args: string[]): Promise<Finished> {
    return run("nsenter", this.inside(command, args));
  }

  docker(...words: string[]): Promise<Finished> {
    return this.exec("docker", ...words);
  }

  /** Megabytes that have come to it: from who deploys, from the registry, from the package archive. */
  get received(): number {
    return this.plugged.sent / 1e6;
  }

  async stop(): Promise<void> {
    await this.closeConnections();
    await this.end();
    await this.cable?.close();
    await this.clear();
  }

  private async boot(): Promise<void> {
    await this.endFormer();
    await this.clear();
    const root = await this.prepare();
    // What it says is read when it does not come up.
    const log = openSync(this.path("boot.log"), "w");
    const namespaces = ["--mount", "--pid", "--ipc", "--uts", "--fork"];
    const boot = [join(__dirname, "boot.sh"), this.folder, root, await imagesFolder(), SYSTEM_MOUNTS];
    this.process = spawn("unshare", [...namespaces, ...boot], {
      stdio: ["pipe", log, log],
      env: {
        PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        HOME: "/root",
        MACHINE: this.folder,
      },
    });
    await this.until("boots", async () => this.pid !== undefined);
    this.cable = await Cable.plug(this.pid ?? 0);
    await run("nsenter", this.inside("tee", ["/etc/docker/daemon.json"]), { input: this.engineSettings });
    this.process.stdin?.write(`${this.cable.gateway}\n`);
    await this.until("has an engine", () => succeeds("nsenter", this.inside("docker", ["version"])));
    await this.until("has a registry", () =>
      fetch(`${this.registry}/v2/`).then(
        ({ ok }) => ok,
        () => false,
      ),
    );
    await this.until("lets anybody in", () => succeeds("ssh-add", ["-q", this.path("user")], { env: this.env }));
    await this.until("answers over SSH", () => succeeds("ssh-keyscan", ["-T", "1", this.address]));
  }

  /** Writes what this machine has besides its prepared root file system, and returns that one. */
  private async prepare(): Promise<string> {
    const { name, engine = "28" } = this.options;
    const quiet = () => undefined;
    for (const folder of ["root", "changes/etc/docker", "changes/etc/ssh", "changes/root/.ssh", "work", "docker"]) {
      mkdirSync(this.path(folder), { recursive: true });
    }
    for (const key of ["host", "other", "user"]) {
      await run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", name, "-f", this.path(key)]);
    }
    const changed = (path: string) => this.path("changes", path);
    copyFileSync(this.path("host"), changed("etc/ssh/ssh_host_ed25519_key"));
    copyFileSync(this.path("user.pub"), changed("root/.ssh/authorized_keys"));
    writeFileSync(changed("etc/hostname"), `${name}\n`);
    writeFileSync(changed("etc/resolv.conf"), nameServers());
    if (engine === "29") {
      mkdirSync(changed("usr/local/bin"), { recursive: true });
      copyFileSync(await ensureDockerd(quiet), changed("usr/local/bin/dockerd"));
    }
    return ensureRootFileSystem(engine === "20.10" ? "bookworm" : "forky", quiet);
  }

  private get engineSettings(): string {
    const { containerdStore } = this.options;
    return JSON.stringify({
      // With its scheme: without it, Docker 20.10 asks in TLS for what it builds.
      "insecure-registries": [this.registry],
      "cgroup-parent": this.cgroup,
      ...(containerdStore !== undefined && { features: { "containerd-snapshotter": containerdStore } }),
    });
  }

  /** Number of its first process here; it writes that itself. */
  private get pid(): number | undefined {
    const file = this.path("pid");
    return existsSync(file) ? Number(readFileSync(file, "utf8")) || undefined : undefined;
  }

  private inside(command: string, args: readonly string[]): string[] {
    const namespaces = ["--mount", "--pid", "--ipc", "--uts", "--net"];
    const environment = ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root"];
    return ["--target", String(this.pid), ...namespaces, "env", "-i", ...environment, command, ...args];
  }

  private async until(what: string, condition: () => Promise<boolean>): Promise<void> {
    const gone = () => !this.process || hasEnded(this.process);
    const settled = await waitUntil(async () => gone() || (await condition()), 60);
    if (settled && !gone()) return;
    const logs = ["boot.log", "changes/var/log/dockerd.log"].map((name) => this.path(name)).filter(existsSync);
    const said = logs.map((log) => lastLines(readFileSync(log, "utf8"))).join("\n");
    throw new Error(`machine ${this.options.name} never ${what}\n${said}`);
  }

  private async end(): Promise<void> {
    if (!this.process || hasEnded(this.process)) return;
    const ended = once(this.process, "exit");
    this.process.stdin?.end();
    await ended;
  }

  /** Ends a machine of this name that another process left running, and nothing else that may have its number now. */
  private async endFormer(): Promise<void> {
    const { pid } = this;
    const runs = () => {
      try {
        return readFileSync(`/proc/${pid}/environ`, "utf8").split("\0").includes(`MACHINE=${this.folder}`);
      } catch {
        return false;
      }
    };
    if (!pid || !runs()) return;
    process.kill(pid, "SIGKILL");
    await waitUntil(async () => !runs(), 10);
  }

  private async clear(): Promise<void> {
    rmSync(this.folder, { recursive: true, force: true });
    await removeControlGroups(this.cgroup);
  }

  /** A deploy's connection outlives it, and would go on waiting for this machine. */
  async closeConnections(): Promise<void> {
    if (!this.cable) return;
    const { address: host } = this;
    const pinned = [this.hostKey, this.otherKey];
    for (const path of pinned.flatMap((key) => sharedConnections({ user: "root", host, port: 22, hostKeys: [key] }))) {
      const socket = join(userInfo().homedir, path);
      if (existsSync(socket)) await succeeds("ssh", ["-F", "none", "-O", "exit", "-S", socket, host]);
    }
  }

  private get cgroup(): string {
    return `/portolan-${this.options.name}`;
  }

  private get plugged(): Cable {
    if (!this.cable) throw new Error(`machine ${this.options.name} is not up`);
    return this.cable;
  }

  private path(...names: string[]): string {
    return join(this.folder, ...names);
  }

  private publicKey(name: string): string {
    return readFileSync(this.path(`${name}.pub`), "utf8")
      .split(" ")
      .slice(0, 2)
      .join(" ")
      .trim();
  }
}

/** Those of this machine; a resolver on its own loopback is one that only it can ask. */
function nameServers(): string {
  const behind = "/run/systemd/resolve/resolv.conf";
  return readFileSync(existsSync(behind) ? behind : "/etc/resolv.conf", "utf8");
}
