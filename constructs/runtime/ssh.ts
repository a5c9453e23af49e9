import { createHash } from "node:crypto";

/** A Docker host reached over SSH. */
export interface SshAddress {
  readonly user: string;
  readonly host: string;
  readonly port: number;
  /** Public keys the host may show, as in known_hosts without the host name: `ssh-ed25519 AAAA…`. */
  readonly hostKeys: readonly string[];
}

/** Options of every SSH connection of a deploy; `knownHosts` is relative to the stack's folder. */
export function sshOptions(ssh: SshAddress, knownHosts: string): string[] {
  const pinned = createHash("sha256").update(ssh.hostKeys.join(" ")).digest("hex").slice(0, 8);
  return [
    // Only the pinned keys count, and nobody is there to answer a question.
    ["UserKnownHostsFile", knownHosts],
    ["GlobalKnownHostsFile", "/dev/null"],
    ["StrictHostKeyChecking", "yes"],
    ["BatchMode", "yes"],
    ["LogLevel", "ERROR"],
    ["ConnectTimeout", "10"],
    ["ServerAliveInterval", "15"],
    // One connection for a whole deploy: a plan opens dozens, which runs into sshd's MaxStartups. Other pinned keys mean
    // another connection, so that they are checked.
    ["ControlMaster", "auto"],
    ["ControlPath", `~/.ssh/portolan-${pinned}-%C`],
    ["ControlPersist", "60"],
  ].flatMap(([option, value]) => ["-o", `${option}=${value}`]);
}
