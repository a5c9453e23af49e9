import { service, shop, synthesised } from "../../synthesised";

test("bounds a service to 256 MiB without swap and one core, unless it says otherwise", () => {
  const stack = synthesised((shop) => {
    service(shop, "small");
    service(shop, "large", { resources: { memory: 1024, cpus: 2.5 } });
  });
  expect(stack.container("small")).toMatchObject({ memory: 256, memory_swap: 256, cpus: "1.0" });
  expect(stack.container("large")).toMatchObject({ memory: 1024, memory_swap: 1024, cpus: "2.5" });
});

test.each([5, 0, -1, 100.5, Number.NaN])("refuses %p MiB of memory", (memory) => {
  expect(() => service(shop(), "api", { resources: { memory } })).toThrow(
    new Error(`test/api: memory must be a whole number of MiB of at least 6, got ${memory}`),
  );
});

test.each([0, -1, Number.NaN])("refuses %p cores", (cpus) => {
  expect(() => service(shop(), "api", { resources: { cpus } })).toThrow(
    new Error(`test/api: cpus must be more than 0, got ${cpus}`),
  );
});
