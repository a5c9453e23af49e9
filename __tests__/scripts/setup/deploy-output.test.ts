import { errorsIn, remedyFor, resourceIn } from "../../../scripts/setup/deploy-output";

const FAILED = `local  Initializing the backend...
local  docker_container.db (db/server/Resource): Creating...
local  Error: local-exec provisioner error

         with docker_container.db (db/server/Resource),

       chenu-local-db failed with exit code 1.
         | no space left


0 Stacks deploying     1 Stack done     0 Stacks waiting
Invoking Terraform CLI failed with exit code 1
`;

test("Terraform's errors are found without what cdktf puts around them", () => {
  expect(errorsIn(FAILED, "local")).toBe(`Error: local-exec provisioner error

  with docker_container.db (db/server/Resource),

chenu-local-db failed with exit code 1.
  | no space left`);
});

test("errors of Terraform itself are found too", () => {
  expect(errorsIn("\nError: Invalid value for variable\n\nSecret DB_PASSWORD is missing\n", "local")).toBe(
    "Error: Invalid value for variable\n\nSecret DB_PASSWORD is missing",
  );
});

test("output without an error has none", () => {
  expect(errorsIn("local  No changes.\n", "local")).toBeUndefined();
});

test("a line of progress says what is done to which construct", () => {
  expect(resourceIn("local  docker_container.db (db/server/Resource): Creating...")).toBe("creating db/server");
  expect(resourceIn("       docker_volume.x (volumes/protected): Destroying... [id=a]")).toBe(
    "destroying volumes/protected",
  );
});

test("other lines say nothing of the kind", () => {
  expect(resourceIn("local  docker_container.db (db/server/Resource): Creation complete after 1s")).toBeUndefined();
  expect(resourceIn("local  Initializing the backend...")).toBeUndefined();
});

test("a port that is taken comes with the place to choose another", () => {
  const taken = "Error starting userland proxy: listen tcp4 0.0.0.0:8443: bind: address already in use";
  expect(remedyFor(taken)).toContain("port 8443");
  expect(remedyFor("Bind for 0.0.0.0:8080 failed: port is already allocated")).toContain("port 8080");
});

test("an error that says what to do by itself gets nothing added", () => {
  expect(remedyFor("Secret JWT_SECRET is missing; type: npm run secrets -- generate local")).toBeUndefined();
});
