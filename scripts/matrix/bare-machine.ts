import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Cable } from "../../__tests__/live/machines/network";
import { hasEnded } from "../has-ended";
import { type Finished, run } from "../run";
import { removeControlGroups } from "../setup/machines/control-groups";
import { ensureRootFileSystem, MACHINES, type Suite, SYSTEM_MOUNTS } from "../setup/machines/root-file-system";
import { waitUntil } from "../setup/wait-until";
import { ensureNodes, NODES_FOLDER, programsOf } from "./node-versions";

const PROJECT = join(__dirname, "..", "..");
const CLONE = "/root/portolan";
/** What makes this machine trust a company's own certificate authority, where there is one. */
const CERTIFICATES = ["etc/ssl/certs/ca-certificates.crt", "usr/local/share/ca-certificates"];

/** A machine with git and Node, on which everything else is still to be installed; it is gone when this process ends. */
export class BareMachine {
  /** @param brought files and folders of this machine that it has already, by where they are there */
  static async start(suite: Suite, brought: Readonly<Record<string, string>> = {}): Promise<BareMachine> {
    const machine = new BareMachine(suite, brought);
    await machine.boot();
    return machine;
  }

  private readonly folder: string;
  private process?: ChildProcess;
  private cable?: Cable;

  private constructor(
    private readonly suite: Suite,
    private readonly brought: Readonly<Record<string, string>>,
  ) {
    this.folder = join(MACHINES, "running", `bare-${suite}`);
  }

  /** Puts a clone of what is committed here where the one before was. */
  async clone(): Promise<void> {
    await run("git", ["bundle", "create", join(this.folder, "srv", "project.bundle"), "HEAD"], { cwd: PROJECT });
    await this.run("24", `rm -rf ${CLONE} && git clone --quiet /srv/project.bundle ${CLONE}`, "/root");
  }

  /** Runs a line of shell as root, with a Node on PATH; by default in the clone. */
  async run(node: string, line: string, folder = CLONE): Promise<Finished> {
    const path = `/opt/nodes/${programsOf(node)}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`;
    const environment = [
      `PATH=${path}`,
      "HOME=/root",
      `NODE_EXTRA_CA_CERTS=/${CERTIFICATES[0]}`,
      "CHECKPOINT_DISABLE=1",
    ];
    const shell = ["env", "-i", ...environment, "sh", "-euc", `cd ${folder}; ${line}`];
    return run("nsenter", ["--target", String(this.pid), "--mount", "--pid", "--ipc", "--uts", "--net", ...shell]);
  }

  async stop(): Promise<void> {
    if (this.process && !hasEnded(this.process)) {
      const ended = once(this.process, "exit");
      this.process.stdin?.end();
      await ended;
    }
    await this.cable?.close();
    await this.clear();
  }

  private async clear(): Promise<void> {
    rmSync(this.folder, { recursive: true, force: true });
    await removeControlGroups(this.cgroup);
  }

  private get cgroup(): string {
    return `/portolan-bare-${this.suite}`;
  }

  private async boot(): Promise<void> {
    await this.clear();
    await ensureNodes();
    const root = await ensureRootFileSystem(this.suite, console.log, "bare");
    for (const name of ["root", "changes/root", "changes/etc/docker", "work", "docker", "srv"]) {
      mkdirSync(join(this.folder, name), { recursive: true });
    }
    const shared = ["etc/resolv.conf", ...CERTIFICATES].map((path) => [path, join("/", path)] as const);
    for (const [path, from] of [...shared, ...Object.entries(this.brought)].filter(([, from]) => existsSync(from))) {
      cpSync(from, join(this.folder, "changes", path), { recursive: true, dereference: true });
    }
    // All that the engine is told beforehand: not to share a control group with the one of the machine outside.
    writeFileSync(
      join(this.folder, "changes/etc/docker/daemon.json"),
      JSON.stringify({ "cgroup-parent": this.cgroup }),
    );
    const log = openSync(join(this.folder, "boot.log"), "w");
    const boot = [join(__dirname, "bare-machine.sh"), this.folder, root, NODES_FOLDER, SYSTEM_MOUNTS];
    this.process = spawn("unshare", ["--mount", "--pid", "--ipc", "--uts", "--fork", ...boot], {
      stdio: ["pipe", log, log],
    });
    if (!(await waitUntil(async () => this.pid !== undefined, 20))) {
      throw new Error(`the bare ${this.suite} does not boot\n${readFileSync(join(this.folder, "boot.log"), "utf8")}`);
    }
    this.cable = await Cable.plug(this.pid ?? 0);
  }

  /** Number of its first process here; it writes that itself. */
  private get pid(): number | undefined {
    const file = join(this.folder, "pid");
    return existsSync(file) ? Number(readFileSync(file, "utf8")) || undefined : undefined;
  }
}
