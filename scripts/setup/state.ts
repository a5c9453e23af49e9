/** Resources whose destruction would lose data; the stacks keep all of them under one name. */
const DATA = /^docker_volume\.protected(\["(?<volume>[^"]+)"\])?$/;

/** What says whose the names on the host are, for as long as there is data of these names. */
export const OWNER = "terraform_data.owner";

export function isData(address: string): boolean {
  return DATA.test(address);
}

/** Docker's name of a data volume: the key it has in the state. */
export function volumeName(address: string): string | undefined {
  return DATA.exec(address)?.groups?.volume;
}

/** Addresses in a state, without what is only looked up. */
export function resources(listed: readonly string[]): string[] {
  return listed.filter((address) => !address.startsWith("data."));
}
