import { Construct } from "constructs";
import {
  Health,
  Image,
  ImageSource,
  Job,
  Replacement,
  Service,
  type ServiceOptions,
  type ServiceWorkload,
} from "../../../constructs/runtime";
import type { EnvironmentStack } from "../../../stacks/environment-stack";
import { shop, synthesised } from "../../synthesised";

/** A service in a scope of its own, which it is named after. */
function serviceIn(
  stack: EnvironmentStack,
  id: string,
  workload: Partial<ServiceWorkload> = {},
  options: Partial<ServiceOptions> = {},
): Service {
  const scope = new Construct(stack, id);
  return new Service(
    scope,
    "server",
    {
      image: new Image(scope, "image", ImageSource.official("redis:8")),
      user: "redis",
      health: Health.command("true"),
      ...workload,
    },
    { replacement: Replacement.STOP_FIRST, ...options },
  );
}

const START_FIRST = { replacement: Replacement.START_FIRST };

test("stops first under a name that it keeps", () => {
  const { name, lifecycle } = synthesised((stack) => {
    serviceIn(stack, "cache");
  }).container("cache");
  expect(name).toBe("shop-test-cache");
  expect(lifecycle).toEqual({});
});

test("tells others its name without a reference that would bind them to its container", () => {
  expect(serviceIn(shop(), "cache").hostName).toBe("shop-test-cache");
});

test("starts first under a name of its own for each of its replicas", () => {
  const containers = synthesised((stack) => {
    serviceIn(stack, "web", {}, { ...START_FIRST, replicas: 2 });
  }).containers("web");
  expect(containers.map(({ name }) => name)).toEqual([
    'shop-test-web-${formatdate("YYMMDDhhmmss", plantimestamp())}-1',
    'shop-test-web-${formatdate("YYMMDDhhmmss", plantimestamp())}-2',
  ]);
  expect(containers.map(({ lifecycle }) => lifecycle.create_before_destroy)).toEqual([true, true]);
});

test("is replaced with what it is told to be", () => {
  const stack = synthesised((shop) => {
    const image = new Image(shop, "tool", ImageSource.official("redis:8"));
    const job = new Job(shop, "secrets", { image, user: "redis" });
    serviceIn(shop, "cache", {}, { replacedWith: [job] });
  });
  expect(stack.container("cache").lifecycle.replace_triggered_by).toEqual([stack.addressOf("secrets")]);
});

test("has 30 seconds to stop, unless it says otherwise", () => {
  const stack = synthesised((shop) => {
    serviceIn(shop, "cache");
    serviceIn(shop, "db", { stopSeconds: 90, stopSignal: "SIGINT" });
  });
  expect(stack.container("cache")).toMatchObject({ stop_timeout: 30, destroy_grace_seconds: 30 });
  expect(stack.container("cache").stop_signal).toBeUndefined();
  expect(stack.container("db")).toMatchObject({ stop_timeout: 90, destroy_grace_seconds: 90, stop_signal: "SIGINT" });
});

test("lets the deploy wait until it is healthy, as long as its health check allows", () => {
  const { provisioner } = synthesised((stack) => {
    serviceIn(stack, "cache", { health: Health.command("true", { startSeconds: 45 }) });
  }).container("cache");
  expect(provisioner[0]["local-exec"].command).toMatch(/ serving \$\{self\.id\} 45$/);
});

test("publishes ports on this machine alone, unless it names an address", () => {
  const { ports } = synthesised((stack) => {
    serviceIn(stack, "cache", {
      ports: [
        { container: 6379, host: 16379 },
        { container: 6380, host: 16380, address: "10.0.0.1" },
      ],
    });
  }).container("cache");
  expect(ports).toEqual([
    { internal: 6379, external: 16379, ip: "127.0.0.1" },
    { internal: 6380, external: 16380, ip: "10.0.0.1" },
  ]);
});

test("may publish a port that another service publishes on another address", () => {
  const stack = synthesised((shop) => {
    serviceIn(shop, "one", { ports: [{ container: 80, host: 8080, address: "10.0.0.1" }] });
    serviceIn(shop, "two", { ports: [{ container: 80, host: 8080, address: "10.0.0.2" }] });
  });
  expect(stack.container("two").ports).toEqual([{ internal: 80, external: 8080, ip: "10.0.0.2" }]);
});

test.each([undefined, "127.0.0.1", "0.0.0.0"])(
  "refuses a port that another service publishes, on address %p",
  (address) => {
    const stack = shop();
    serviceIn(stack, "one", { ports: [{ container: 80, host: 8080 }] });
    expect(() => serviceIn(stack, "two", { ports: [{ container: 81, host: 8080, address }] })).toThrow(
      new Error("test/two: port 8080 of the host is published by test/one already; give one of the two another port"),
    );
  },
);

test.each([0, 65536, 80.5])("refuses %p as a port of the host", (host) => {
  expect(() => serviceIn(shop(), "cache", { ports: [{ container: 80, host }] })).toThrow(
    new Error(`test/cache: port of the host must be a whole number from 1 to 65535, got ${host}`),
  );
});

test("refuses to publish a port when it starts first: two containers cannot hold one port", () => {
  expect(() => serviceIn(shop(), "web", { ports: [{ container: 80, host: 8080 }] }, START_FIRST)).toThrow(
    new Error("test/web: a service that publishes a port of the host must stop first"),
  );
});

test.each([0, -1, 1.5])("refuses %p replicas", (replicas) => {
  expect(() => serviceIn(shop(), "web", {}, { ...START_FIRST, replicas })).toThrow(
    new Error(`test/web: replicas must be a whole number of at least 1, got ${replicas}`),
  );
});

test("refuses replicas of a server that stops first", () => {
  expect(() => serviceIn(shop(), "db", {}, { replicas: 2 })).toThrow(
    new Error("test/db: a service that stops first has one replica"),
  );
});

test("refuses a health check over HTTP without a port to ask", () => {
  expect(() => serviceIn(shop(), "web", { health: Health.http("/health") })).toThrow(
    new Error("test/web: its health check asks over HTTP, but the service has no port; add `port: …`"),
  );
});

describe("the fingerprint", () => {
  function fingerprint(workload: Partial<ServiceWorkload>): unknown {
    const stack = synthesised((shop) => {
      const { fingerprint: value } = serviceIn(shop, "web", workload);
      serviceIn(shop, "client", { environment: { FINGERPRINT: value } });
    });
    return stack.container("client").env[0];
  }

  test("is the same for the same workload", () => {
    expect(fingerprint({ environment: { A: "1" } })).toBe(fingerprint({ environment: { A: "1" } }));
  });

  test("changes with the workload's description", () => {
    const different = [
      fingerprint({}),
      fingerprint({ environment: { A: "1" } }),
      fingerprint({ environment: { A: "2" } }),
      fingerprint({ command: ["redis-server"] }),
      fingerprint({ tmpfs: { "/tmp": "size=1m" } }),
      fingerprint({ health: Health.command("true", { retries: 5 }) }),
      fingerprint({ resources: { memory: 64 } }),
    ];
    expect(new Set(different).size).toBe(different.length);
  });

  test("changes with the very image, which Terraform alone may know", () => {
    expect(fingerprint({})).toMatch(
      /^FINGERPRINT=\$\{substr\(sha256\(join\(" ", \["[0-9a-f]{12}", docker_image\.web_image_\w+\.name\]\)\), 0, 12\)\}$/,
    );
  });
});
