import { Image, ImageSource, Job, type JobWorkload, Network, Volume } from "../../../constructs/runtime";
import type { EnvironmentStack } from "../../../stacks/environment-stack";
import { type ContainerJson, labelOf, synthesised } from "../../synthesised";

/** What the Docker provider is told of a workload. */
function container(workload: (stack: EnvironmentStack) => Partial<JobWorkload> = () => ({})): ContainerJson {
  return synthesised((stack) => {
    const image = new Image(stack, "image", ImageSource.official("busybox:1"));
    new Job(stack, "job", { image, user: "1000:1000", ...workload(stack) });
  }).container("job");
}

test("is safe where a workload says nothing", () => {
  expect(container()).toMatchObject({
    user: "1000:1000",
    init: true,
    read_only: true,
    capabilities: { drop: ["ALL"] },
    security_opts: ["no-new-privileges:true"],
    memory: 256,
    memory_swap: 256,
    cpus: "1.0",
    log_driver: "json-file",
    log_opts: { "max-size": "10m", "max-file": "5" },
    network_mode: "none",
  });
});

test("keeps the capabilities a workload names, and no others", () => {
  expect(container(() => ({ capabilities: ["CHOWN", "FOWNER"] })).capabilities).toEqual({
    add: ["CAP_CHOWN", "CAP_FOWNER"],
    drop: ["ALL"],
  });
});

test("joins the networks a workload names, and not Docker's default one beside them", () => {
  const { network_mode, networks_advanced } = container((stack) => ({
    networks: [{ network: new Network(stack, "back"), aliases: ["tidy"] }, { network: new Network(stack, "front") }],
  }));
  expect(network_mode).toBe("bridge");
  expect(networks_advanced).toEqual([
    { name: expect.stringMatching(/^\$\{docker_network\.back_\w+\.name\}$/), aliases: ["tidy"] },
    { name: expect.stringMatching(/^\$\{docker_network\.front_\w+\.name\}$/) },
  ]);
});

test("mounts volumes by reference", () => {
  const { mounts } = container((stack) => ({
    mounts: [
      { volume: new Volume(stack, "one"), path: "/one" },
      { volume: new Volume(stack, "two"), path: "/two", readOnly: true },
    ],
  }));
  expect(mounts).toEqual([
    {
      type: "volume",
      source: expect.stringMatching(/^\$\{docker_volume\.one_\w+\.name\}$/),
      target: "/one",
      read_only: false,
    },
    {
      type: "volume",
      source: expect.stringMatching(/^\$\{docker_volume\.two_\w+\.name\}$/),
      target: "/two",
      read_only: true,
    },
  ]);
});

test("orders variables by name, so that another order in the code replaces nothing", () => {
  expect(container(() => ({ environment: { B: "2", A: "1", AB: "3" } })).env).toEqual(["A=1", "AB=3", "B=2"]);
});

test.each([
  [1, "1.0"],
  [2, "2.0"],
  [0.5, "0.5"],
  [1.25, "1.25"],
])("writes %p cores as the provider reads them back, or every plan would replace the container", (cpus, written) => {
  expect(container(() => ({ resources: { cpus } })).cpus).toBe(written);
});

test("carries the construct and the environment it belongs to, for whoever looks at the host", () => {
  expect(labelOf(container(), "construct")).toBe("test/job");
  expect(labelOf(container(), "environment")).toBe("shop/test");
});

test("replaces the container for changes that the provider ignores", () => {
  const label = (workload: Partial<JobWorkload>) =>
    labelOf(
      container(() => workload),
      "replaces",
    );
  const different = [
    label({}),
    label({ tmpfs: { "/tmp": "size=1m" } }),
    label({ tmpfs: { "/tmp": "size=2m" } }),
    label({ init: false }),
  ];
  expect(new Set(different).size).toBe(different.length);
  expect(label({ environment: { A: "1" } })).toBe(label({}));
});
