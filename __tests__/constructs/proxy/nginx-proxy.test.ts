import { Construct } from "constructs";
import { NginxProxy, type NginxProxyProps } from "../../../constructs/proxy/nginx-proxy";
import { Tls } from "../../../constructs/proxy/tls";
import { Health } from "../../../constructs/runtime";
import type { EnvironmentStack } from "../../../stacks/environment-stack";
import { type Synthesised, service, shop, synthesised, testApp } from "../../synthesised";

function proxyIn(stack: EnvironmentStack, props: Partial<NginxProxyProps> = {}, id = "proxy"): NginxProxy {
  return new NginxProxy(stack, id, { domain: "shop.example", tls: Tls.selfSigned(), ...props });
}

function fileOf(stack: Synthesised, name: string): string {
  const { upload = [] } = stack.container("proxy/config/release");
  return upload.find(({ file }) => file === `/release/${name}`)?.content ?? "";
}

test("is reached from everywhere on 80 and 443, unless it says otherwise", () => {
  const stack = synthesised((shop) => {
    proxyIn(shop);
  });
  expect(stack.container("proxy").ports).toEqual([
    { internal: 8080, external: 80, ip: "0.0.0.0" },
    { internal: 8443, external: 443, ip: "0.0.0.0" },
  ]);
  const inner = synthesised((shop) => {
    proxyIn(shop, { ports: { http: 8080, https: 8443 }, address: "10.0.0.1" });
  });
  expect(inner.container("proxy").ports).toEqual([
    { internal: 8080, external: 8080, ip: "10.0.0.1" },
    { internal: 8443, external: 8443, ip: "10.0.0.1" },
  ]);
});

test("passes requests to the very containers of a release", () => {
  const stack = synthesised((shop) => {
    proxyIn(shop).route("/", service(shop, "web", { replicas: 2 }));
  });
  const [one, two] = Object.keys(stack.allContainers).filter((id) => id.startsWith("web_service_"));
  expect(fileOf(stack, "upstreams.conf")).toBe(`upstream web {
  zone web 64k;
  server \${docker_container.${one}.name}:3000;
  server \${docker_container.${two}.name}:3000;
  keepalive 16;
}
`);
});

test("loads a new version of its configuration whenever a container it passes requests to is another one", () => {
  const stack = synthesised((shop) => {
    const proxy = proxyIn(shop);
    proxy.route("/", service(shop, "web"));
    proxy.route("/api/", service(shop, "api"));
  });
  const [web, api] = ["web", "api"].map((path) => stack.addressOf(path));
  expect(stack.container("proxy/config/release").command?.[1]).toMatch(
    new RegExp(
      `^\\$\\{substr\\(sha256\\(join\\(" ", \\["\\w{12}", ${web}\\.name, ${api}\\.name\\]\\)\\), 0, 12\\)\\}$`,
    ),
  );
});

test("lets the deploy wait until it uses the new routes and its clients have left the old ones", () => {
  const stack = synthesised((shop) => {
    proxyIn(shop);
  });
  expect(stack.container("proxy/config/release").command?.slice(2)).toEqual([
    "sh",
    "/release/activate.sh",
    "shop-test-proxy",
    "3",
  ]);
});

test("is neither replaced nor restarted by another route", () => {
  const [before, after] = [false, true].map((routed) =>
    synthesised((shop) => {
      const proxy = proxyIn(shop);
      const api = service(shop, "api");
      if (routed) proxy.route("/api/", api);
    }),
  );
  expect(after?.container("proxy")).toEqual(before?.container("proxy"));
  expect(after?.container("proxy/config/release")).not.toEqual(before?.container("proxy/config/release"));
});

test("has one upstream for a service with several routes, and its own server for every host", () => {
  const stack = synthesised((shop) => {
    const proxy = proxyIn(shop);
    const api = service(shop, "api");
    proxy.route("/", api);
    proxy.route("/v1/", api, { to: "/" });
    proxy.route("/", api, { host: "api.shop.example" });
  });
  expect(fileOf(stack, "upstreams.conf").match(/^upstream /gm)).toHaveLength(1);
  expect(fileOf(stack, "nginx.conf").match(/server_name \S+;/g)).toEqual([
    "server_name _;",
    "server_name _;",
    "server_name shop.example;",
    "server_name shop.example;",
    "server_name api.shop.example;",
    "server_name api.shop.example;",
  ]);
});

test("tells services of the same id in different places apart", () => {
  const stack = synthesised((shop) => {
    const proxy = proxyIn(shop);
    proxy.route("/", service(new Construct(shop, "front"), "app"));
    proxy.route("/admin/", service(new Construct(shop, "admin"), "app"));
  });
  expect(fileOf(stack, "upstreams.conf").match(/^upstream \S+/gm)).toEqual([
    "upstream front-app",
    "upstream admin-app",
  ]);
});

test("owns the volume of its certificates before it starts", () => {
  const stack = synthesised((shop) => {
    proxyIn(shop);
  });
  expect(stack.container("proxy/owner").command).toEqual(["nginx:nginx", "/volumes/1"]);
  expect(stack.container("proxy").depends_on).toEqual([stack.addressOf("proxy/owner")]);
});

describe("refuses", () => {
  test("the same port for HTTP and HTTPS", () => {
    expect(() => proxyIn(shop(), { ports: { http: 8080, https: 8080 } })).toThrow(
      new Error("test/proxy: ports http and https are both 8080; they must differ"),
    );
  });

  test("a port that another proxy publishes", () => {
    const stack = shop();
    proxyIn(stack, { ports: { http: 80, https: 443 } });
    expect(() => proxyIn(stack, { ports: { http: 8080, https: 443 } }, "inner")).toThrow(
      new Error(
        "test/inner: port 443 of the host is published by test/proxy already; give one of the two another port",
      ),
    );
  });

  test("a route that is there already", () => {
    const stack = shop();
    const proxy = proxyIn(stack);
    proxy.route("/api/", service(stack, "api"));
    expect(() => proxy.route("/api/", service(stack, "other"))).toThrow(
      new Error("test/proxy: route shop.example/api/ is there already; remove one of the two"),
    );
  });

  test("a route that is there already under the same host name, named or not", () => {
    const stack = shop();
    const proxy = proxyIn(stack);
    proxy.route("/", service(stack, "web"));
    expect(() => proxy.route("/", service(stack, "other"), { host: "shop.example" })).toThrow(
      new Error("test/proxy: route shop.example/ is there already; remove one of the two"),
    );
  });

  test("a service of another environment", () => {
    const app = testApp();
    const web = service(shop({}, app, "staging"), "web");
    const proxy = proxyIn(shop({}, app, "production"));
    expect(() => proxy.route("/", web)).toThrow(
      new Error("production/proxy: route / leads to staging/web, which is in another environment"),
    );
  });

  test("a service without a port", () => {
    const stack = shop();
    const worker = service(stack, "worker", { port: undefined, health: Health.command("true") });
    expect(() => proxyIn(stack).route("/", worker)).toThrow(
      new Error("test/proxy: cannot route to test/worker: it has no port; add `port: …` there"),
    );
  });

  test.each(["api", "", "/a b", "/a;", "/{"])("the path %p", (path) => {
    const stack = shop();
    expect(() => proxyIn(stack).route(path, service(stack, "web"))).toThrow(
      new Error(`test/proxy: path "${path}" of a route must start with "/" and have no spaces, like "/api/"`),
    );
  });

  test("a replacement that is no path", () => {
    const stack = shop();
    expect(() => proxyIn(stack).route("/api/", service(stack, "web"), { to: "health" })).toThrow(
      new Error('test/proxy: to "health" of a route must start with "/" and have no spaces, like "/api/"'),
    );
  });

  test.each(["Shop.example", "https://shop.example", "shop.example:443", "-shop.example", "a..b"])(
    "the host name %p",
    (domain) => {
      expect(() => proxyIn(shop(), { domain })).toThrow(
        new Error(
          `test/proxy: host name "${domain}" must be lower-case letters, digits, dashes and dots, like "app.example.com"`,
        ),
      );
    },
  );
});

test.each(["1.26", "1.27.3", "1.30-alpine", "latest"])("refuses the Nginx version %p", (version) => {
  expect(() =>
    synthesised((shop) => new NginxProxy(shop, "proxy", { domain: "shop.example", tls: Tls.selfSigned(), version })),
  ).toThrow(`test/proxy: version "${version}" must be a number of at least 1.27.4, like "1.30"`);
});

test.each(["1.27.4", "1.28", "1.30.1", "2.0"])("takes the Nginx version %p", (version) => {
  const stack = synthesised((shop) => {
    new NginxProxy(shop, "proxy", { domain: "shop.example", tls: Tls.selfSigned(), version });
  });
  expect(JSON.stringify(stack.resources("docker_image"))).toContain(`nginx:${version}`);
});
