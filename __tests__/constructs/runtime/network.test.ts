import { Network } from "../../../constructs/runtime";
import { shop, synthesised } from "../../synthesised";

test("is a bridge with a way out, named after system and environment", () => {
  const stack = synthesised((shop) => {
    new Network(shop, "front");
  });
  expect(Object.values(stack.resources("docker_network"))).toMatchObject([
    { name: "shop-test-front", driver: "bridge", internal: false },
  ]);
});

test("has no way out when it is internal", () => {
  const stack = synthesised((shop) => {
    new Network(shop, "back", { internal: true });
  });
  expect(Object.values(stack.resources("docker_network"))).toMatchObject([{ internal: true }]);
});

test("is one for everything in an environment that faces the proxy", () => {
  const stack = shop();
  expect(Network.shared(stack)).toBe(Network.shared(new Network(stack, "other")));
});
