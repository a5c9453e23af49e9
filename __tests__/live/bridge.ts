import { run } from "../../scripts/run";

/** This machine's address for the containers on it: on Docker's default bridge. */
export async function bridgeAddress(): Promise<string> {
  const template = "{{json (index .IPAM.Config 0)}}";
  const { stdout } = await run("docker", ["network", "inspect", "bridge", "--format", template]);
  const { Gateway, Subnet } = JSON.parse(stdout) as { Gateway?: string; Subnet: string };
  // An engine that made the bridge in this very run leaves its address out: it is the first of the subnet.
  return Gateway ?? Subnet.replace(/0\/\d+$/, "1");
}
