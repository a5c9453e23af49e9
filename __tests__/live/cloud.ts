import { attempt, run } from "../../scripts/run";
import { eventually } from "./eventually";

const ADDRESS = "169.254.169.254";

/**
 * A cloud's metadata, and a container that asks for it through a machine, which is a container itself: each has a network of
 * its own, and a cable to the machine.
 */
export class Cloud {
  static async around(machine: string): Promise<Cloud> {
    const cloud = new Cloud(machine);
    for (const name of [cloud.service, cloud.asking]) {
      await run("docker", [
        "run",
        "--detach",
        "--init",
        "--network",
        "none",
        "--name",
        name,
        "portolan/base:forky",
        "sleep",
        "infinity",
      ]);
    }
    await cloud.plug(cloud.asking, "10.200.1");
    await cloud.plug(cloud.service, "10.200.2");
    await cloud.ip(cloud.service, "address", "add", `${ADDRESS}/32`, "dev", "lo");
    await cloud.ip(machine, "route", "add", ADDRESS, "via", "10.200.2.2");
    await cloud.serve();
    return cloud;
  }

  private constructor(private readonly machine: string) {}

  private get service(): string {
    return `${this.machine}-cloud`;
  }

  private get asking(): string {
    return `${this.machine}-asking`;
  }

  /** What a container of the machine gets to hear at a port; nothing when it gets through to nobody. */
  async answerTo(who: "container" | "machine", port: number): Promise<string> {
    const ask = `my $s = IO::Socket::INET->new(PeerAddr => "${ADDRESS}:${port}", Timeout => 5) || exit 1; print <$s>`;
    const container = who === "machine" ? this.machine : this.asking;
    return (await attempt("docker", ["exec", container, "perl", "-MIO::Socket::INET", "-e", ask])).stdout;
  }

  async close(): Promise<void> {
    await attempt("docker", ["rm", "--force", this.service, this.asking]);
  }

  private async serve(): Promise<void> {
    for (const port of [80, 53]) {
      const socket = `IO::Socket::INET->new(LocalPort => ${port}, Listen => 5) || die`;
      const serve = `my $l = ${socket}; while (my $s = $l->accept) { print $s "credentials"; close $s }`;
      await run("docker", ["exec", "--detach", this.service, "perl", "-MIO::Socket::INET", "-e", serve]);
      await eventually(async () => expect(await this.answerTo("machine", port)).toBe("credentials"));
    }
  }

  private async plug(container: string, network: string): Promise<void> {
    const pids = [await pidOf(this.machine), await pidOf(container)] as const;
    const device = `to${network.split(".").at(-1)}`;
    await run("ip", [
      "link",
      "add",
      device,
      "netns",
      pids[0],
      "type",
      "veth",
      "peer",
      "name",
      "eth0",
      "netns",
      pids[1],
    ]);
    await this.ip(this.machine, "address", "add", `${network}.1/24`, "dev", device);
    await this.ip(this.machine, "link", "set", device, "up");
    await this.ip(container, "address", "add", `${network}.2/24`, "dev", "eth0");
    await this.ip(container, "link", "set", "eth0", "up");
    await this.ip(container, "route", "add", "default", "via", `${network}.1`);
  }

  private async ip(container: string, ...words: string[]): Promise<void> {
    await run("nsenter", ["--target", await pidOf(container), "--net", "ip", ...words]);
  }
}

async function pidOf(container: string): Promise<string> {
  return (await run("docker", ["inspect", "--format", "{{.State.Pid}}", container])).stdout.trim();
}
