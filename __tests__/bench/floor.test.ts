import { floorProgram } from "../../bench/floor";

test("loads cdktf and each class of a provider that the constructs use, once, and nothing else", () => {
  const modules = [...floorProgram().matchAll(/^import ".*\/node_modules\/([^"]+)";$/gm)].map(([, module]) => module);
  expect(modules[0]).toBe("cdktf/lib/index.js");
  expect(modules).toEqual([...new Set(modules)]);
  expect(modules).toEqual(
    expect.arrayContaining([
      "@cdktf/provider-docker/lib/container/index.js",
      "@cdktf/provider-docker/lib/provider/index.js",
    ]),
  );
  expect(floorProgram().trimEnd().split("\n")).toHaveLength(modules.length);
});
