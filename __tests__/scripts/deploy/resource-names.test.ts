import { ResourceNames } from "../../../scripts/deploy/resource-names";

const names = new ResourceNames({
  environment: "staging",
  json: {
    "//": {},
    resource: {
      docker_container: { db_server_1_A: { name: "x", "//": { metadata: { path: "staging/db/server/1" } } } },
      docker_volume: { protected: { "//": { metadata: { path: "staging/volumes/protected/Resource" } } } },
    },
  } as ConstructorParameters<typeof ResourceNames>[0]["json"],
});

test("a resource is called by its construct", () => {
  expect(names.of("docker_container.db_server_1_A")).toBe("db/server/1");
});

test("one of several keeps its key", () => {
  expect(names.of('docker_volume.protected["shop-staging-db-data"]')).toBe('volumes/protected["shop-staging-db-data"]');
});

test("what the stack does not know, like a resource that leaves it, keeps Terraform's address", () => {
  expect(names.of("docker_container.gone_B")).toBe("docker_container.gone_B");
});

test("those of a construct are all that is made for it", () => {
  expect(names.addressesIn("db")).toEqual(["docker_container.db_server_1_A"]);
  expect(names.addressesIn("d")).toEqual([]);
});
