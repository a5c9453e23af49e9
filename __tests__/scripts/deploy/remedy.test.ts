import { remedyFor } from "../../../scripts/deploy/remedy";

test("a port that is taken comes with the place to choose another", () => {
  const taken = "Error starting userland proxy: listen tcp4 0.0.0.0:8443: bind: address already in use";
  expect(remedyFor(taken)).toContain("port 8443");
  expect(remedyFor("Bind for 0.0.0.0:8080 failed: port is already allocated")).toContain("port 8080");
});

test("a build that could not download says where else to build", () => {
  const said = "Error running legacy build: apt-get: Temporary failure resolving 'deb.debian.org'";
  expect(remedyFor(said)).toContain('name "registry" and "release"');
});

test("an error that says what to do by itself gets nothing added", () => {
  expect(remedyFor("Secret JWT_SECRET is missing; type: npm run secrets -- generate local")).toBeUndefined();
});
