import { DataVolume, Removal } from "../../../constructs/runtime";
import { shop, synthesised } from "../../synthesised";

test("is there, protected and empty, even in a stack that has no data: a removed volume is still refused", () => {
  const { protected: guarded, disposable } = synthesised().resources("docker_volume");
  expect(guarded).toMatchObject({ for_each: {}, name: "${each.key}", lifecycle: { prevent_destroy: true } });
  expect(disposable).toMatchObject({ for_each: {}, name: "${each.key}", lifecycle: { prevent_destroy: false } });
});

test("is one more instance of the protected resource, under a name with system and environment", () => {
  const stack = synthesised((shop) => {
    new DataVolume(shop, "uploads");
    new DataVolume(shop, "exports");
  });
  expect(stack.resources("docker_volume").protected).toMatchObject({
    for_each: { "shop-test-uploads": "shop-test-uploads", "shop-test-exports": "shop-test-exports" },
    lifecycle: { prevent_destroy: true },
  });
});

test("has a name and nothing else that could replace it", () => {
  const stack = synthesised((shop) => {
    new DataVolume(shop, "uploads");
  });
  const { depends_on: _, ...attributes } = stack.resources("docker_volume").protected ?? {};
  expect(Object.keys(attributes).sort()).toEqual(["for_each", "lifecycle", "name"]);
});

test("keeps its data when its construct is renamed and names the volume", () => {
  const stack = synthesised((shop) => {
    new DataVolume(shop, "media", { volumeName: "shop-test-uploads" });
  });
  expect(stack.resources("docker_volume").protected).toMatchObject({
    for_each: { "shop-test-uploads": "shop-test-uploads" },
  });
});

test("is mounted by reference, so that it is there before its container", () => {
  expect(new DataVolume(shop(), "uploads").volumeName).toBe('${docker_volume.protected["shop-test-uploads"].name}');
});

test("can be destroyed after Removal.DESTROY_DATA, which moves it out of the protected resource", () => {
  const stack = synthesised((shop) => {
    new DataVolume(shop, "uploads", { removal: Removal.DESTROY_DATA });
    new DataVolume(shop, "exports", { removal: Removal.DESTROY_DATA });
  });
  expect(stack.resources("docker_volume")).toMatchObject({
    protected: { for_each: {}, lifecycle: { prevent_destroy: true } },
    disposable: {
      for_each: { "shop-test-uploads": "shop-test-uploads", "shop-test-exports": "shop-test-exports" },
      lifecycle: { prevent_destroy: false },
    },
  });
  expect(stack.json.moved).toEqual([
    {
      from: 'docker_volume.protected["shop-test-uploads"]',
      to: 'docker_volume.disposable["shop-test-uploads"]',
    },
    {
      from: 'docker_volume.protected["shop-test-exports"]',
      to: 'docker_volume.disposable["shop-test-exports"]',
    },
  ]);
});

test("moves data back under protection: otherwise it would be destroyed, and another volume protected", () => {
  const stack = synthesised((shop) => {
    new DataVolume(shop, "uploads");
  });
  expect(stack.json.moved).toEqual([
    { from: 'docker_volume.disposable["shop-test-uploads"]', to: 'docker_volume.protected["shop-test-uploads"]' },
  ]);
});

test("refuses a name that another data volume has", () => {
  const stack = shop();
  new DataVolume(stack, "uploads", { volumeName: "files" });
  expect(() => new DataVolume(stack, "media", { volumeName: "files", removal: Removal.DESTROY_DATA })).toThrow(
    new Error('test/media: volume "files" is there already; give one of the two another volumeName'),
  );
});

test.each(["", "a", "-files", "my files", "files/x"])(
  "refuses the name %p, which Docker would not take",
  (volumeName) => {
    expect(() => new DataVolume(shop(), "uploads", { volumeName })).toThrow(
      new Error(
        `test/uploads: volumeName "${volumeName}" must have letters, digits, "_", "." and "-" only, at least two of them, and start with a letter or digit`,
      ),
    );
  },
);
