import { randomUUID } from "node:crypto";
import { hostScript } from "../../scripts/host/on-host";
import { attempt, type Finished, run } from "../../scripts/run";
import { ensureBase } from "../../scripts/setup/images/base";
import { Cloud } from "./cloud";
import { eventually } from "./eventually";

jest.setTimeout(600_000);

/** What a container can't have of a machine: each notes what it is told, and answers by that. */
const MACHINE = `
mkdir -p /run/sshd /machine
put() { cat >"/usr/local/sbin/$1"; chmod +x "/usr/local/sbin/$1"; }
put docker <<'END'
#!/bin/sh
case $1 in
  version) [ -e /machine/docker ] && echo 29.1.0 ;;
  ps) [ -e /machine/docker ] && cat /machine/running 2>/dev/null ;;
  inspect) cat /machine/published ;;
  info)
    [ -e /machine/docker ] || exit 1
    [ -e /machine/live-restore ] && echo 'true inactive [name=seccomp]' || echo 'false inactive [name=seccomp]'
    ;;
esac
END
put dockerd </dev/null
put systemctl <<'END'
#!/bin/sh
case $* in
  is-enabled*) exit 0 ;;
  'enable --now docker') touch /machine/docker ;;
  'enable --quiet --now portolan-metadata')
    sh -c "$(sed -n 's/^ExecStart=//p' /etc/systemd/system/portolan-metadata.service)"
    ;;
  'reload docker') ! grep -q '"live-restore": true' /etc/docker/daemon.json || touch /machine/live-restore ;;
esac
echo "systemctl $*" >>/machine/told
END
put timedatectl <<'END'
#!/bin/sh
case $* in
  set-ntp*) touch /machine/clock ;;
  *CanNTP*) echo yes ;;
  *) [ -e /machine/clock ] && echo yes || echo no ;;
esac
END
put free <<'END'
#!/bin/sh
echo 'Mem: 4000'
END
put swapon <<'END'
#!/bin/sh
case $1 in
  --show*) cat /machine/swap 2>/dev/null ;;
  *) echo 2147483648 >/machine/swap ;;
esac
END
put fallocate <<'END'
#!/bin/sh
touch "$3"
END
put mkswap </dev/null
put sysctl <<'END'
#!/bin/sh
case $* in
  '-n vm.overcommit_memory') cat /machine/overcommit 2>/dev/null || echo 0 ;;
  '-q -p /etc/sysctl.d/99-portolan.conf') sed -n 's/^vm.overcommit_memory = //p' "$3" >/machine/overcommit ;;
esac
END
put auditctl <<'END'
#!/bin/sh
cat /machine/audit-rules 2>/dev/null || echo 'No rules'
END
put augenrules <<'END'
#!/bin/sh
cat /etc/audit/rules.d/*.rules >/machine/audit-rules
END
mkdir -p /etc/audit/rules.d
`;

describe("a machine, played by a container", () => {
  const container = `portolan-t-host-${randomUUID().slice(0, 8)}`;

  beforeAll(async () => {
    await ensureBase("forky", () => undefined);
    await run("docker", [
      ...[
        "run",
        "--detach",
        "--init",
        "--name",
        container,
        "--cap-add",
        "NET_ADMIN",
        "--sysctl",
        "net.ipv4.ip_forward=1",
      ],
      ...["portolan/base:forky", "sleep", "infinity"],
    ]);
    await run("docker", ["exec", "-i", container, "sh", "-eu"], { input: MACHINE });
    const packages = ["apt-get -qq update", "apt-get -qq install --yes openssh-server >/dev/null 2>&1"];
    await run("docker", ["exec", container, "sh", "-ec", packages.join("\n")]);
  });

  afterAll(() => attempt("docker", ["rm", "--force", container]));

  /** @param sshPort of the connection that the script comes by */
  function host(verb: "check" | "prepare", sshPort = 22, user = "root"): Promise<Finished> {
    const connection = ["--user", user, "--env", `SSH_CONNECTION=192.0.2.1 40000 192.0.2.2 ${sshPort}`];
    const shell = ["sh", "-s", verb, "npm run host -- prepare staging", "80", "443"];
    return attempt("docker", ["exec", "-i", ...connection, container, ...shell], { input: hostScript() });
  }

  function inside(script: string): Promise<Finished> {
    return run("docker", ["exec", container, "sh", "-c", script]);
  }

  test("is told what it lacks, a line for each piece with what to type, and is left as it is", async () => {
    const before = await inside("find /etc /machine -type f | xargs md5sum");
    const { stdout, exitCode } = await host("check");
    expect(stdout.split("\n")).toEqual([
      expect.stringMatching(/^ok {2}operating system +Debian GNU\/Linux/),
      "!!  docker engine     no engine answers root; type: apt-get install docker.io, or usermod -aG docker USER",
      "!!  docker settings   no engine tells root; type: docker info",
      "!!  firewall          no ufw; type: apt-get install ufw",
      "!!  published ports   no engine tells root; type: docker ps",
      "!!  metadata          containers reach a cloud's credentials at 169.254.169.254; type: npm run host -- prepare staging",
      "!!  upgrades          security updates wait for somebody; type: apt-get install unattended-upgrades && dpkg-reconfigure unattended-upgrades",
      "!!  audit             changes of /etc/docker are not recorded; type: echo '-w /etc/docker -p wa -k docker' >>/etc/audit/rules.d/portolan.rules && augenrules --load",
      "!!  clock             nobody sets it; type: apt-get install systemd-timesyncd && timedatectl set-ntp true",
      "!!  swap              0 MiB, beside 4000 MiB of memory; type: fallocate -l 2G /portolan.swap && chmod 600 /portolan.swap && mkswap /portolan.swap && swapon /portolan.swap",
      "!!  overcommit        vm.overcommit_memory is 0: Redis may be unable to save; type: echo 'vm.overcommit_memory = 1' >/etc/sysctl.d/99-portolan.conf && sysctl -p /etc/sysctl.d/99-portolan.conf",
      "ok  ssh limits        MaxSessions 10, MaxStartups 10:30:100",
      "!!  ssh logins        everybody's but root's by password, which can be guessed; type: printf '%s\\n' 'PasswordAuthentication no' 'KbdInteractiveAuthentication no' >/etc/ssh/sshd_config.d/10-portolan-logins.conf && systemctl reload ssh",
      "For all that a script can do, type: npm run host -- prepare staging",
      "",
    ]);
    expect(exitCode).toBe(1);
    expect((await inside("find /etc /machine -type f | xargs md5sum")).stdout).toBe(before.stdout);
  });

  test("is prepared, and the second time nothing is left to do", async () => {
    const { stdout, stderr, exitCode } = await host("prepare");
    expect({ stderr: stderr.replace(/^debconf: .*\n/gm, ""), exitCode }).toMatchObject({ exitCode: 0 });
    expect(stdout).toMatch(/^\.\. {2}firewall: no ufw$/m);
    expect(stdout).toMatch(/^ok {2}firewall +lets in 22\/tcp, 80\/tcp, 443\/tcp$/m);
    expect(stdout).toMatch(/^ok {2}docker settings +live-restore on, userns-remap off$/m);
    expect(stdout).toMatch(/^ok {2}metadata +closed to containers$/m);
    expect(stdout).toMatch(/^ok {2}audit +changes of Docker itself are recorded$/m);
    expect(stdout).toMatch(/^ok {2}overcommit +vm\.overcommit_memory is 1$/m);
    expect(stdout).toMatch(/^ok {2}ssh logins +by key alone$/m);
    expect((await inside("sshd -T")).stdout).toMatch(/^passwordauthentication no$/im);
    expect((await inside("iptables -S ufw-user-input")).stdout).toContain("-p tcp -m tcp --dport 22 -j ACCEPT");
    expect((await inside("iptables -S INPUT")).stdout).toContain("-P INPUT DROP");

    const told = await inside("cat /machine/told /etc/fstab; ufw show added");
    const again = await host("prepare");
    expect(again.stdout).not.toMatch(/^(\.\.|!!)/m);
    expect(again.exitCode).toBe(0);
    expect((await inside("cat /machine/told /etc/fstab; ufw show added")).stdout).toBe(told.stdout);
    expect(await host("check")).toMatchObject({ exitCode: 0 });
  });

  test("keeps what it forwards for containers from a cloud's credentials, and goes on asking itself", async () => {
    // As Docker does for its containers.
    await inside("iptables -I FORWARD -j ACCEPT");
    await inside("nft delete table inet portolan_metadata");
    const cloud = await Cloud.around(container);
    try {
      expect(await cloud.answerTo("container", 80)).toBe("credentials");
      expect((await host("check")).stdout).toMatch(/^!! {2}metadata +containers reach a cloud's credentials /m);
      await host("prepare");
      expect(await cloud.answerTo("container", 80)).toBe("");
      expect(await cloud.answerTo("container", 53)).toBe("credentials");
      expect(await cloud.answerTo("machine", 80)).toBe("credentials");
      expect(await host("check")).toMatchObject({ exitCode: 0 });
    } finally {
      await cloud.close();
    }
  });

  test("never closes the port by which it is reached, also when sshd has nothing to say of it", async () => {
    await inside("rmdir /run/sshd");
    expect((await host("prepare", 2222)).stdout).toMatch(
      /^ok {2}firewall +lets in 22\/tcp, 80\/tcp, 443\/tcp, 2222\/tcp$/m,
    );
    expect((await inside("iptables -S ufw-user-input")).stdout).toContain("--dport 2222 -j ACCEPT");
  });

  test("is not closed to what may be somebody's way in, before that is decided", async () => {
    await inside("ufw --force disable");
    const sockets = ['Proto => "udp"', 'Proto => "tcp", Listen => 1'].map((how) => {
      return `IO::Socket::INET->new(LocalPort => 51820, ${how}) || die`;
    });
    const listen = `my @sockets = (${sockets.join(", ")}); sleep 600`;
    await run("docker", ["exec", "--detach", container, "perl", "-MIO::Socket::INET", "-e", listen]);
    await eventually(async () => expect((await inside("ss -Hlnt")).stdout).toContain(":51820"));
    const { stdout, exitCode } = await host("prepare");
    expect(stdout).toMatch(
      /^!! {2}firewall +inactive, and otherwise it would close 51820\/tcp 51820\/udp; type: ufw allow 51820\/tcp, or ufw deny 51820\/tcp; then ufw enable$/m,
    );
    expect(exitCode).toBe(1);
    expect((await inside("ufw status")).stdout).toContain("Status: inactive");

    await inside("ufw deny 51820/tcp");
    expect((await host("prepare")).stdout).toContain("inactive, and otherwise it would close 51820/udp; type: ");
    await inside("ufw deny 51820");
    expect((await host("prepare")).stdout).toMatch(/^ok {2}firewall +lets in /m);
    await inside("ufw default allow incoming");
    expect((await host("check")).stdout).toContain("lets in everything; type: ufw default deny incoming\n");
    expect((await host("prepare")).stdout).toMatch(/^ok {2}firewall +lets in /m);
  });

  test("is never called well where only root could tell", async () => {
    const { stdout, exitCode } = await host("check", 22, "nobody");
    const unknown = "only root can tell, and sudo asks nobody for a password";
    expect(stdout).toContain(`!!  firewall          ${unknown}; type: `);
    expect(stdout).toContain(`!!  ssh limits        ${unknown}; type: `);
    expect(exitCode).toBe(1);
  });

  test("is told of what somebody else has decided on, and keeps it", async () => {
    const limits = "/etc/ssh/sshd_config.d/00-own.conf";
    await inside(`printf 'MaxSessions 4\nPasswordAuthentication yes\nPermitRootLogin yes\n' >${limits}`);
    await inside(`rm /machine/live-restore; echo '{ "live-restore": false }' >/etc/docker/daemon.json`);
    const { stdout, exitCode } = await host("prepare");
    expect(stdout).toMatch(/^!! {2}ssh limits +MaxSessions 4, MaxStartups 10:30:100; type: /m);
    expect(stdout).toMatch(/^!! {2}ssh logins +everybody's, root's too, by password, which can be guessed; type: /m);
    expect(stdout).toMatch(/^!! {2}docker settings +live-restore off: .*; type: put "live-restore": true into /m);
    expect(exitCode).toBe(1);
    expect((await inside("cat /etc/docker/daemon.json")).stdout).toContain('"live-restore": false');
    await inside(`rm ${limits}; touch /machine/live-restore`);
  });

  test("is told of a port that Docker opens past the firewall, which no script can know what to do about", async () => {
    await inside("echo 1a2b3c >/machine/running");
    await inside("printf '127.0.0.1 9090\\n:: 443\\n0.0.0.0 8000\\n::1 8001\\n' >/machine/published");
    const { stdout, exitCode } = await host("prepare");
    expect(stdout).toContain(
      "!!  published ports   others reach port 8000, past the firewall; type: docker ps --filter publish=8000\n",
    );
    expect(exitCode).toBe(1);
  });
});
