import { labelOf, type Synthesised } from "../synthesised";

/** The one network of a server, and the constructs of all containers in it; fails when the server is in another one, too. */
export function privateNetworkOf(stack: Synthesised, server: string): { network: unknown; members: string[] } {
  const [network, ...others] = stack.container(server).networks_advanced ?? [];
  expect(others).toEqual([]);
  const [, name = ""] = /^\$\{docker_network\.(\w+)\.name\}$/.exec(network?.name ?? "") ?? [];
  const members = Object.values(stack.allContainers)
    .filter((container) => container.networks_advanced?.some((attachment) => attachment.name === network?.name))
    .map((container) => labelOf(container, "construct"));
  return { network: stack.resources("docker_network")[name], members: members.sort() };
}
