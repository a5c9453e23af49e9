import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { run } from "../../scripts/run";
import { freePort } from "./deployment";
import { eventually } from "./eventually";

/** A real sshd on loopback with a host key of its own, and an agent that holds the one key it lets in. */
export class SshServer {
  static async start(): Promise<SshServer> {
    const server = new SshServer(await freePort());
    await server.listen();
    return server;
  }

  readonly user = userInfo().username;
  private readonly folder = mkdtempSync(join(tmpdir(), "portolan-sshd-"));
  private readonly processes: ChildProcess[] = [];

  private constructor(readonly port: number) {}

  get url(): string {
    return `ssh://${this.user}@127.0.0.1:${this.port}`;
  }

  /** The host's public key as an environment pins it. */
  get hostKey(): string {
    return keyIn(join(this.folder, "host.pub"));
  }

  /** Another host's key. */
  get otherKey(): string {
    return keyIn(join(this.folder, "other.pub"));
  }

  /** Where clients find the key that opens the door. */
  get agent(): string {
    return join(this.folder, "agent");
  }

  private async listen(): Promise<void> {
    const path = (name: string) => join(this.folder, name);
    for (const key of ["host", "other", "user"]) {
      await run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", path(key)]);
    }
    writeFileSync(path("authorized_keys"), readFileSync(path("user.pub")), { mode: 0o600 });
    writeFileSync(
      path("sshd_config"),
      [
        `Port ${this.port}`,
        "ListenAddress 127.0.0.1",
        `HostKey ${path("host")}`,
        `PidFile ${path("pid")}`,
        `AuthorizedKeysFile ${path("authorized_keys")}`,
        "PasswordAuthentication no",
        "PermitRootLogin prohibit-password",
        // The folder is in /tmp, which everybody may write to.
        "StrictModes no",
      ].join("\n"),
    );
    // sshd wants this folder for its unprivileged half; a service manager makes it otherwise.
    mkdirSync("/run/sshd", { recursive: true });
    this.processes.push(spawn("/usr/sbin/sshd", ["-D", "-e", "-f", path("sshd_config")], { stdio: "ignore" }));
    this.processes.push(spawn("ssh-agent", ["-D", "-a", this.agent], { stdio: "ignore" }));
    await eventually(async () => expect(existsSync(this.agent)).toBe(true), 10);
    await eventually(() => answering(this.port), 10);
    await run("ssh-add", ["-q", path("user")], { env: { SSH_AUTH_SOCK: this.agent } });
  }

  async stop(): Promise<void> {
    // A master connection outlives the deploy by its ControlPersist; it would keep the server's child alive.
    await run("sh", [
      "-c",
      `for s in ${userInfo().homedir}/.ssh/portolan/*; do [ ! -S "$s" ] || ssh -O exit -S "$s" x 2>/dev/null || true; done`,
    ]);
    for (const child of this.processes) child.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function keyIn(file: string): string {
  return readFileSync(file, "utf8").split(" ").slice(0, 2).join(" ").trim();
}

async function answering(port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.destroy();
      resolve();
    }).on("error", reject);
  });
}
