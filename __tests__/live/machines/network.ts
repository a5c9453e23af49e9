import { readFileSync } from "node:fs";
import { attempt, run } from "../../../scripts/run";

/** The cable between a machine and the one that runs the tests, with a network to itself and a way out. */
export class Cable {
  /** @param pid of a process in the machine's network namespace */
  static async plug(pid: number): Promise<Cable> {
    for (let number = 1; number < 255; number++) {
      const cable = new Cable(number);
      // The kernel lets one have the name. It takes the device away with the namespace of the other end, so a machine
      // that was killed leaves none behind.
      const added = await attempt("ip", [
        ...["link", "add", cable.device, "type", "veth", "peer", "name", "eth0", "netns", String(pid)],
      ]);
      if (added.stderr.includes("File exists")) continue;
      if (added.exitCode !== 0) throw new Error(`a machine gets no network: ${added.stderr}`);
      await cable.connect(pid);
      return cable;
    }
    throw new Error("every network of 10.77.0.0/16 is taken");
  }

  private constructor(private readonly number: number) {}

  private get device(): string {
    return `portolan${this.number}`;
  }

  /** The near end, which is the machine's gateway. */
  get gateway(): string {
    return `10.77.${this.number}.1`;
  }

  /** The machine's own. */
  get address(): string {
    return `10.77.${this.number}.2`;
  }

  /** Bytes that went to the machine. */
  get sent(): number {
    return Number(readFileSync(`/sys/class/net/${this.device}/statistics/tx_bytes`, "utf8"));
  }

  private async connect(pid: number): Promise<void> {
    // Left by one of this name that was killed.
    await this.close();
    const there = (...words: string[]) => run("nsenter", ["-t", String(pid), "--net", "ip", ...words]);
    await run("ip", ["address", "add", `${this.gateway}/24`, "dev", this.device]);
    await run("ip", ["link", "set", this.device, "up"]);
    await there("address", "add", `${this.address}/24`, "dev", "eth0");
    await there("link", "set", "lo", "up");
    await there("link", "set", "eth0", "up");
    await there("route", "add", "default", "via", this.gateway);
    for (const [table, chain, ...rule] of this.rules) await iptables("-t", table, "-I", chain, ...rule);
  }

  /** Takes the rules away; the device goes with the machine. */
  async close(): Promise<void> {
    for (const [table, chain, ...rule] of this.rules) {
      while ((await attempt("iptables", ["-w", "-t", table, "-D", chain, ...rule])).exitCode === 0);
    }
  }

  /** Docker forwards nothing but its own. */
  private get rules(): readonly [table: string, chain: string, ...rule: string[]][] {
    const accept = ["-j", "ACCEPT"];
    return [
      ["nat", "POSTROUTING", "-s", `${this.address}/32`, "!", "-o", this.device, "-j", "MASQUERADE"],
      ["filter", "FORWARD", "-i", this.device, ...accept],
      ["filter", "FORWARD", "-o", this.device, ...accept],
    ];
  }
}

function iptables(...words: string[]) {
  return run("iptables", ["-w", ...words]);
}
