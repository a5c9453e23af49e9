import { Construct } from "constructs";
import { Volume } from "../../../constructs/runtime";
import { synthesised } from "../../synthesised";

test("is named after system, environment and its path, and is not protected: a deploy can make its content again", () => {
  const stack = synthesised((shop) => {
    new Volume(new Construct(shop, "proxy"), "certificates");
  });
  const { protected: guarded, disposable, ...volumes } = stack.resources("docker_volume");
  expect([guarded, disposable]).toMatchObject([{ for_each: {} }, { for_each: {} }]);
  expect(Object.values(volumes)).toMatchObject([{ name: "shop-test-proxy-certificates" }]);
});
