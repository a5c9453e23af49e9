import { Construct } from "constructs";
import { Access } from "../../../constructs/proxy/access";
import { NginxProxy, type NginxProxyProps } from "../../../constructs/proxy/nginx-proxy";
import { RateLimit } from "../../../constructs/proxy/rate-limit";
import type { RouteOptions } from "../../../constructs/proxy/route-options";
import { Tls } from "../../../constructs/proxy/tls";
import { Health } from "../../../constructs/runtime";
import { Secret } from "../../../constructs/secret";
import type { EnvironmentStack } from "../../../stacks/environment-stack";
import { type ContainerJson, type Synthesised, service, shop, synthesised, testApp } from "../../synthesised";

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
    proxyIn(shop, { ports: { http: 8080, https: 8443 }, addresses: ["10.0.0.1"] });
  });
  expect(inner.container("proxy").ports).toEqual([
    { internal: 8080, external: 8080, ip: "10.0.0.1" },
    { internal: 8443, external: 8443, ip: "10.0.0.1" },
  ]);
});

test("listens on IPv6 where it is told to", () => {
  const stack = synthesised((shop) => {
    proxyIn(shop, { addresses: ["0.0.0.0", "::"] });
  });
  expect(stack.container("proxy").ports?.map(({ external, ip }) => `${ip} ${external}`)).toEqual([
    "0.0.0.0 80",
    "0.0.0.0 443",
    ":: 80",
    ":: 443",
  ]);
  expect(fileOf(stack, "nginx.conf")).toContain("listen [::]:8443 ssl;");
});

test("passes requests to the very containers of a release", () => {
  const stack = synthesised((shop) => {
    proxyIn(shop).route("/", service(shop, "web", { replicas: 2 }));
  });
  const [one, two] = Object.keys(stack.allContainers).filter((id) => id.startsWith("web_service_"));
  expect(fileOf(stack, "upstreams.conf")).toBe(`upstream web {
  zone web 64k;
  least_conn;
  server \${docker_container.${one}.name}:3000 max_fails=10 fail_timeout=2s;
  server \${docker_container.${two}.name}:3000 max_fails=10 fail_timeout=2s;
  keepalive 32;
  keepalive_timeout 4s;
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
  // Terraform runs provisioners when it creates a container, and compares none of them.
  const [{ provisioner: _, ...one }, { provisioner: __, ...other }] = [before, after].map((stack) =>
    (stack as Synthesised).container("proxy"),
  ) as [ContainerJson, ContainerJson];
  expect(other).toEqual(one);
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

test.each([
  ["shop.example", "www.shop.example"],
  ["www.shop.example", "shop.example"],
])("sends who asks for %s under its other name there", (domain, other) => {
  const stack = synthesised((shop) => {
    proxyIn(shop, { domain, redirectWww: true });
  });
  const config = fileOf(stack, "nginx.conf");
  expect(config.slice(config.lastIndexOf(`server_name ${other};`))).toMatch(
    new RegExp(`return 308 https://${domain}\\$request_uri;\n  }\n}\n$`),
  );
});

test("has an upstream of its own for clients that stay with a replica", () => {
  const stack = synthesised((shop) => {
    const proxy = proxyIn(shop);
    const api = service(shop, "api");
    proxy.route("/", api);
    proxy.route("/stay/", api, { sticky: true });
  });
  expect(fileOf(stack, "upstreams.conf").match(/^upstream \S+/gm)).toEqual(["upstream api", "upstream api-sticky"]);
  expect(fileOf(stack, "nginx.conf")).toContain("proxy_pass http://api-sticky;");
});

test("counts routes with the same limit together, and others apart", () => {
  const stack = synthesised((shop) => {
    const proxy = proxyIn(shop, { rateLimit: RateLimit.perClient({ rate: "50/s", burst: 100 }) });
    const api = service(shop, "api");
    const strict = RateLimit.perClient({ rate: "5/m", burst: 2 });
    proxy.route("/login", api, { rateLimit: strict });
    proxy.route("/register", api, { rateLimit: strict });
    proxy.route("/api/", api, { rateLimit: RateLimit.perClient({ rate: "5/m" }) });
    proxy.route("/login", api, { host: "b.example", rateLimit: RateLimit.perClient({ rate: "5/m" }) });
  });
  expect(fileOf(stack, "nginx.conf").match(/limit_req(_zone)? .*;/g)).toEqual([
    "limit_req_zone $client zone=rate.all:1m rate=50r/s;",
    "limit_req_zone $client zone=rate.login:1m rate=5r/m;",
    "limit_req_zone $client zone=rate.api:1m rate=5r/m;",
    "limit_req_zone $client zone=rate.login.2:1m rate=5r/m;",
    "limit_req zone=rate.all burst=100 nodelay;",
    "limit_req zone=rate.login burst=2 nodelay;",
    "limit_req zone=rate.login burst=2 nodelay;",
    "limit_req zone=rate.api;",
    "limit_req zone=rate.all burst=100 nodelay;",
    "limit_req zone=rate.login.2;",
  ]);
});

test("has the passwords of its routes where only it reads them, before a route asks for one", () => {
  const stack = synthesised((shop) => {
    proxyIn(shop).route("/admin/", service(shop, "admin"), {
      access: Access.basicAuth("ops", Secret.named("ADMIN_PASSWORD")),
    });
  });
  expect(stack.container("proxy/passwords/write").upload).toEqual([
    { file: "/passwords/ops-ADMIN_PASSWORD", content: "ops:${var.ADMIN_PASSWORD}" },
  ]);
  expect(fileOf(stack, "nginx.conf")).toContain("auth_basic_user_file /run/passwords/ops-ADMIN_PASSWORD;");
  expect(stack.container("proxy/config/release").depends_on).toContain(stack.addressOf("proxy/passwords/write"));
});

test("takes an answer's text as it is, whatever Terraform makes of it", () => {
  const stack = synthesised((shop) => {
    proxyIn(shop).respond("/robots.txt", { body: "Disallow: /%{a}", status: 203, type: "text/html" });
  });
  expect(fileOf(stack, "nginx.conf")).toContain(`
    location = /robots.txt {
      default_type text/html;
      return 203 "Disallow: /%%{a}";
    }
`);
});

test("has neither TLS nor a port for it where TLS ends in front of it", () => {
  const stack = synthesised((shop) => {
    proxyIn(shop, { tls: Tls.off() }).route("/", service(shop, "web"));
  });
  expect(stack.container("proxy").ports?.map(({ external }) => external)).toEqual([80]);
  expect(fileOf(stack, "nginx.conf")).not.toContain("ssl");
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
  expect(stack.container("proxy").depends_on).toContain(stack.addressOf("proxy/owner"));
});

test.each([
  ["its own certificate", Tls.selfSigned()],
  ["one of an ACME server", Tls.acme({ email: "ops@shop.example" })],
])("with %s, waits for no job that another image runs again: its port is closed meanwhile", (_, tls) => {
  const stack = synthesised((shop) => {
    proxyIn(shop, { tls, domain: "shop.example.com" });
  });
  const jobs = Object.entries(stack.allContainers).filter(([id]) =>
    stack.container("proxy").depends_on?.includes(`docker_container.${id}`),
  );
  expect(jobs.length).toBeGreaterThan(1);
  for (const [, { lifecycle }] of jobs) expect(lifecycle.ignore_changes).toEqual(["name", "image"]);
});

describe("refuses", () => {
  test("a route that is never used, because its host is sent elsewhere", () => {
    const stack = shop();
    const proxy = proxyIn(stack, { redirectWww: true });
    expect(() => proxy.route("/a", service(stack, "web"), { host: "www.shop.example" })).toThrow(
      new Error("test/proxy: route www.shop.example/a is never used: all of www.shop.example is sent to shop.example"),
    );
  });

  test("a route that is never used, because hidden files are not served", () => {
    const stack = shop();
    const proxy = proxyIn(stack);
    const web = service(stack, "web");
    expect(() => proxy.route("/a/.git/", web)).toThrow(
      new Error("test/proxy: route shop.example/a/.git/ is never used: names that begin with a dot are not served"),
    );
    proxy.route("/.well-known/webfinger", web);
  });

  test.each(["//", "/a//b", "/a/./b", "/a/../b", "/a/.."])("the path %p, which no request has", (path) => {
    const stack = shop();
    expect(() => proxyIn(stack).route(path, service(stack, "web"))).toThrow(
      new Error(`test/proxy: path "${path}" of a route must have no empty part, "." or ".."`),
    );
  });

  test("an encoded path, which no request has when it is compared", () => {
    const stack = shop();
    const proxy = proxyIn(stack);
    const web = service(stack, "web");
    const mistake = 'of a route must have no "%": paths are compared decoded';
    expect(() => proxy.route("/a%20b", web)).toThrow(new Error(`test/proxy: path "/a%20b" ${mistake}`));
    expect(() => proxy.route("/a", web, { to: "/a%20b" })).toThrow(new Error(`test/proxy: to "/a%20b" ${mistake}`));
  });

  test("a redirect or an answer where a route is", () => {
    const stack = shop();
    const proxy = proxyIn(stack);
    proxy.route("/a", service(stack, "web"));
    const there = new Error("test/proxy: route shop.example/a is there already; remove one of the two");
    expect(() => proxy.redirect("/a", "/b")).toThrow(there);
    expect(() => proxy.respond("/a", { body: "" })).toThrow(there);
  });

  test.each(["b", "ftp://b.example/", "https://b.example", "/a;", "/$host", "/a b"])("the target %p", (to) => {
    expect(() => proxyIn(shop()).redirect("/a", to)).toThrow(
      new Error(
        `test/proxy: redirect of /a to "${to}" must lead to a path or a URL, like "/new/" or "https://new.example/"`,
      ),
    );
  });

  test("a redirect to itself", () => {
    expect(() => proxyIn(shop()).redirect("/a", "/a")).toThrow(new Error("test/proxy: redirect of /a leads to itself"));
  });

  test.each([
    [{ body: "", status: 99 }, "status must be a number from 200 to 599, got 99"],
    [{ body: "", type: "text" }, 'type "text" must be a media type, like "text/html"'],
    [{ body: "1 $" }, 'Nginx would take what follows "$" for a variable; leave it out'],
  ])("the answer %p", (answer, mistake) => {
    expect(() => proxyIn(shop()).respond("/a", answer)).toThrow(new Error(`test/proxy: answer to /a: ${mistake}`));
  });

  test.each([
    [{ maxBody: "50" }, 'maxBody "50" must be a size, like "50m"'],
    [{ timeout: "90" }, 'timeout "90" must be a time, like "90s" or "5m"'],
    [{ cache: "1 day" }, 'cache "1 day" must be a time, like "10m" or "365d"'],
  ])("the options %p", (options, mistake) => {
    const stack = shop();
    expect(() => proxyIn(stack).route("/a", service(stack, "web"), options as RouteOptions)).toThrow(
      new Error(`test/proxy: route /a: ${mistake}`),
    );
  });

  test("a trusted proxy that is no address", () => {
    expect(() => proxyIn(shop(), { trustedProxies: ["cdn.example"] })).toThrow(
      'test/proxy: trustedProxies: "cdn.example" is no address',
    );
  });

  test("a number of connections that is none", () => {
    expect(() => proxyIn(shop(), { concurrentRequestsPerClient: 0 })).toThrow(
      new Error("test/proxy: concurrentRequestsPerClient must be a whole number of at least 1, got 0"),
    );
  });

  test("sticky routes of an Nginx that doesn't know them", () => {
    const stack = shop();
    expect(() => proxyIn(stack, { version: "1.28" }).route("/", service(stack, "web"), { sticky: true })).toThrow(
      new Error('test/proxy: version "1.28" must be a number of at least 1.29.6 for sticky routes, like "1.30"'),
    );
  });

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

  test.each(["", "Shop.example", "https://shop.example", "shop.example:443", "-shop.example", "a..b"])(
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
  ).toThrow(
    `test/proxy: version "${version}" must be a number of at least 1.27.4 for reloads without a lost request, like "1.30"`,
  );
});

test.each(["1.27.4", "1.28", "1.30.1", "2.0"])("takes the Nginx version %p", (version) => {
  const stack = synthesised((shop) => {
    new NginxProxy(shop, "proxy", { domain: "shop.example", tls: Tls.selfSigned(), version });
  });
  expect(JSON.stringify(stack.resources("docker_image"))).toContain(`nginx:${version}`);
});
