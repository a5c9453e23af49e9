import { NginxProxy } from "../../../constructs/proxy/nginx-proxy";
import { Tls } from "../../../constructs/proxy/tls";
import { Network } from "../../../constructs/runtime";
import { service, shop, synthesised } from "../../synthesised";

test("is a bridge with a way out, named after system and environment", () => {
  const stack = synthesised((shop) => {
    new Network(shop, "front");
  });
  const { application: _, ...networks } = stack.resources("docker_network");
  expect(Object.values(networks)).toMatchObject([{ name: "shop-test-front", driver: "bridge", internal: false }]);
});

test("has no way out when it is internal", () => {
  const stack = synthesised((shop) => {
    new Network(shop, "back", { internal: true });
  });
  const { application: _, ...networks } = stack.resources("docker_network");
  expect(Object.values(networks)).toMatchObject([{ internal: true }]);
});

test("is one for everything in an environment that faces the proxy", () => {
  const stack = shop();
  expect(Network.shared(stack)).toBe(Network.shared(new Network(stack, "other")));
});

test("of an application is its own, with a name behind that of the network the proxy is reached through", () => {
  const stack = synthesised((shop) => {
    const proxy = new NginxProxy(shop, "proxy", { domain: "shop.example", tls: Tls.selfSigned() });
    proxy.route("/", service(shop, "web"));
    proxy.route("/api/", service(shop, "api"));
  });
  expect(stack.resources("docker_network")).toMatchObject({
    application: {
      for_each: { "shop-test-network-web": "shop-test-network-web", "shop-test-network-api": "shop-test-network-api" },
    },
  });
  const networksOf = (path: string) => stack.container(path).networks_advanced?.map(({ name }) => name);
  expect(networksOf("web")).toEqual(['${docker_network.application["shop-test-network-web"].name}']);
  expect(networksOf("api")).toEqual(['${docker_network.application["shop-test-network-api"].name}']);
  expect("shop-test-network" < "shop-test-network-api").toBe(true);
});

test("of a routed application is joined by the proxy as it runs, before a release names the application", () => {
  const stack = synthesised((shop) => {
    new NginxProxy(shop, "proxy", { domain: "shop.example", tls: Tls.selfSigned() }).route("/", service(shop, "web"));
  });
  const [[id, membership] = []] = Object.entries(stack.resources("terraform_data")).filter(([name]) =>
    name.startsWith("proxy_networks"),
  );
  expect(membership).toMatchObject({
    triggers_replace: ['${docker_network.application["shop-test-network-web"].id}'],
    provisioner: [
      { "local-exec": { command: expect.stringMatching(/join\.sh shop-test-proxy shop-test-network-web$/) } },
    ],
  });
  expect(stack.container("proxy/config/release").depends_on).toContain(`terraform_data.${id}`);
  expect(stack.container("proxy").provisioner[0]["local-exec"].command).toMatch(
    /join\.sh shop-test-proxy shop-test-network-web$/,
  );
});

test("of applications are there to be left even when there is none", () => {
  expect(synthesised(() => undefined).resources("docker_network").application).toMatchObject({
    for_each: {},
    provisioner: [{ "local-exec": { when: "destroy" } }],
  });
});

test("of an application that leaves the code is left by the proxy first", () => {
  const stack = synthesised((shop) => void service(shop, "web"));
  expect(stack.resources("docker_network").application).toMatchObject({
    provisioner: [
      { "local-exec": { when: "destroy", command: expect.stringMatching(/empty-network\.sh \$\{self\.name\}$/) } },
    ],
  });
});
