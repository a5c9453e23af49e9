import { sshOptions } from "../../../constructs/runtime/ssh";

test("trusts the pinned keys alone, never asks, and shares one connection", () => {
  const pairs = pairsOf(["ssh-ed25519 AAAA"]);
  expect(pairs).toEqual(
    expect.arrayContaining([
      "-o UserKnownHostsFile=known_hosts/staging",
      "-o GlobalKnownHostsFile=/dev/null",
      "-o StrictHostKeyChecking=yes",
      "-o BatchMode=yes",
      "-o ControlMaster=auto",
    ]),
  );
});

test("never shares a connection that other keys were checked for", () => {
  const path = (...keys: string[]) => pairsOf(keys).find((pair) => pair.startsWith("-o ControlPath="));
  expect(path("ssh-ed25519 AAAA")).toBe(path("ssh-ed25519 AAAA"));
  expect(path("ssh-ed25519 AAAA")).not.toBe(path("ssh-ed25519 BBBB"));
});

function pairsOf(hostKeys: readonly string[]): string[] {
  const options = sshOptions({ user: "deploy", host: "shop.example", port: 22, hostKeys }, "known_hosts/staging");
  return options.flatMap((option, index) => (index % 2 === 0 ? [`${option} ${options[index + 1]}`] : []));
}
