import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";

/** A Docker host reached over SSH. */
export interface SshAddress {
  readonly user: string;
  readonly host: string;
  readonly port: number;
  /** Public keys the host may show, as in known_hosts without the host name: `ssh-ed25519 AAAA…`. */
  readonly hostKeys: readonly string[];
}

/** Seconds. Also given on the command line: there the Docker provider would put another. */
const CONNECT_TIMEOUT = 20;

/** With nine sessions each, more than a deploy was ever seen to need (see room.sh). */
const CONNECTIONS = 4;

/** Where the sockets of shared connections are. Short: a socket's path has 104 characters, and home folders can be long. */
const SOCKETS = ".ssh/portolan";

/**
 * Options of every SSH connection to a host, for commands that run in the stack's folder; and the files they name, in
 * the folder that all stacks are below.
 *
 * @param name the stack's
 */
export function sshOptions(ssh: SshAddress, outdir: string, name: string): string[] {
  const [config, knownHosts] = ["ssh", "known_hosts"].map((folder) => {
    mkdirSync(join(outdir, folder), { recursive: true });
    return join(folder, name);
  }) as [string, string];
  const host = ssh.port === 22 ? ssh.host : `[${ssh.host}]:${ssh.port}`;
  writeFileSync(join(outdir, knownHosts), ssh.hostKeys.map((key) => `${host} ${key}\n`).join(""));
  writeFileSync(join(outdir, config), configuration(ssh, `../../${knownHosts}`));
  copyFileSync(join(__dirname, "room.sh"), join(outdir, "ssh", "room.sh"));
  // ssh makes every other file there by itself, but no folder.
  mkdirSync(join(home(), SOCKETS), { recursive: true, mode: 0o700 });
  return ["-F", `../../${config}`, "-o", `ConnectTimeout=${CONNECT_TIMEOUT}`];
}

/** The person's own settings come after: they say which key opens the door, or by which other machine the way goes. */
function configuration(ssh: SshAddress, knownHosts: string): string {
  return `Host ${ssh.host}
  # Only the pinned keys count, and nobody is there to answer a question.
  UserKnownHostsFile ${knownHosts}
  GlobalKnownHostsFile /dev/null
  StrictHostKeyChecking yes
  VerifyHostKeyDNS no
  BatchMode yes
  LogLevel ERROR
  # What people want for their terminals would break these sessions, and their agent is not for the host.
  RequestTTY no
  RemoteCommand none
  ForwardAgent no
  ClearAllForwardings yes
  # A line that drops for 20 seconds interrupts nothing. Who connects then is in by the second attempt. Who is connected
  # waits: TCP itself may take twice as long before it sends again. After a minute the host is gone.
  ConnectTimeout ${CONNECT_TIMEOUT}
  ConnectionAttempts 2
  ServerAliveInterval 10
  ServerAliveCountMax 6
  # Few connections for a whole deploy: it has dozens of sessions, and would run into sshd's MaxStartups.
  ControlMaster auto
  ControlPersist 60
${sharedConnections(ssh)
  .map(
    (path) => `Match originalhost ${ssh.host} exec "sh ../../ssh/room.sh '%d/${path}.sessions'"
  ControlPath ~/${path}
`,
  )
  .join("")}Match all
  # Without a place in a shared connection, one of its own: never somebody's open one, whose key nobody compared.
  ControlPath none
  IgnoreUnknown KnownHostsCommand
  KnownHostsCommand none
  Include ~/.ssh/config
  Include /etc/ssh/ssh_config
`;
}

/** Sockets of a host's connections, in the account's home. Other pinned keys mean other ones, so that they are checked. */
export function sharedConnections({ user, host, port, hostKeys }: SshAddress): string[] {
  const connection = [user, host, port, ...hostKeys].join("\n");
  const name = createHash("sha256").update(connection).digest("hex").slice(0, 12);
  return Array.from({ length: CONNECTIONS }, (_, i) => `${SOCKETS}/${name}.${i + 1}`);
}

/** Where ssh finds `~`: the account's home, whatever HOME says. */
function home(): string {
  try {
    return userInfo().homedir;
  } catch {
    const uid = process.getuid?.();
    throw new Error(
      `no account of this machine has the user id ${uid}, and ssh works for none without; ` +
        `as root, type: echo "deployer:x:${uid}:${process.getgid?.()}::/home/deployer:/bin/sh" >>/etc/passwd`,
    );
  }
}
