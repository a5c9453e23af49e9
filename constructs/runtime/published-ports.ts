import { isIP } from "node:net";
import type { IConstruct } from "constructs";
import { InvalidInput } from "../invalid-input";
import { LOOPBACK, type PublishedPort } from "./workload";

/** The ports of one host, each of which a single container can have. */
export class PublishedPorts {
  private readonly taken: (PublishedPort & { readonly by: IConstruct })[] = [];

  /** Takes ports for a construct. @throws InvalidInput when one of them is taken or no port */
  take(construct: IConstruct, ports: readonly PublishedPort[]): void {
    for (const port of ports) {
      if (!Number.isInteger(port.host) || port.host < 1 || port.host > 65535) {
        throw new InvalidInput(construct, `port of the host must be a whole number from 1 to 65535, got ${port.host}`);
      }
      const other = this.taken.find((taken) => overlap(port, taken));
      if (other) {
        throw new InvalidInput(
          construct,
          `port ${port.host} of the host is published by ${other.by.node.path} already; give one of the two another port`,
        );
      }
      this.taken.push({ ...port, by: construct });
    }
  }
}

/** Whether two ports cannot both be bound: an unspecified address stands for every address of its family. */
function overlap(one: PublishedPort, other: PublishedPort): boolean {
  const [address, otherAddress] = [one.address ?? LOOPBACK, other.address ?? LOOPBACK];
  if (one.host !== other.host || isIP(address) !== isIP(otherAddress)) return false;
  return address === otherAddress || [address, otherAddress].some((it) => /^[0.:]+$/.test(it));
}
