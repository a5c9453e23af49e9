import { eventIn } from "../../../scripts/terraform/ui";

const line = (fields: object) => JSON.stringify({ "@level": "info", "@message": "said", ...fields });

test("a planned change says which resource and what", () => {
  const change = { resource: { addr: "docker_container.db_server_1_A" }, action: "replace", reason: "cannot_update" };
  expect(eventIn(line({ type: "planned_change", change }))).toEqual({
    kind: "change",
    address: "docker_container.db_server_1_A",
    action: "replace",
  });
});

test("the start of a change says what is being done", () => {
  const hook = { resource: { addr: "docker_network.network" }, action: "create" };
  expect(eventIn(line({ type: "apply_start", hook }))).toEqual({
    kind: "doing",
    address: "docker_network.network",
    action: "create",
  });
});

test("an error is told whole, with the resource it is of", () => {
  const diagnostic = {
    severity: "error",
    summary: "local-exec provisioner error",
    detail: "chenu-local-db failed with exit code 1.\n  | no space left",
    address: "docker_container.db_server_1_A",
  };
  expect(eventIn(line({ type: "diagnostic", diagnostic }))).toEqual({
    kind: "error",
    text:
      "Error: local-exec provisioner error\n\n  with docker_container.db_server_1_A\n\n" +
      "chenu-local-db failed with exit code 1.\n  | no space left",
  });
});

test("outputs that change are named, and after the deploy they are none", () => {
  const outputs = {
    kept: { sensitive: false, action: "noop" },
    "without-backup": { sensitive: false, action: "create" },
  };
  expect(eventIn(line({ type: "outputs", outputs }))).toEqual({ kind: "outputs", names: ["without-backup"] });
  expect(eventIn(line({ type: "outputs", outputs: { kept: { value: 1 } } }))).toEqual({ kind: "outputs", names: [] });
});

test("the count of a plan is Terraform's own", () => {
  const text = "Plan: 1 to add, 0 to change, 0 to destroy.";
  expect(eventIn(line({ type: "change_summary", "@message": text }))).toEqual({ kind: "summary", text });
});

test.each([
  ["a warning", line({ type: "diagnostic", diagnostic: { severity: "warning", summary: "Deprecated" } })],
  ["drift", line({ type: "resource_drift", change: { resource: { addr: "a.b" }, action: "update" } })],
  ["what is no JSON", "There are some problems with the CLI configuration:"],
])("%s is no event", (_, said) => {
  expect(eventIn(said)).toBeUndefined();
});
