import { sshOptions } from "../../../constructs/runtime/ssh";

test("trusts the pinned keys alone, never asks, and shares one connection", () => {
  const options = sshOptions("known_hosts/staging");
  const pairs = options.flatMap((option, index) => (index % 2 === 0 ? [`${option} ${options[index + 1]}`] : []));
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
