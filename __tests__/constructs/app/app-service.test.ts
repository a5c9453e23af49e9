import { Construct } from "constructs";
import { PostgresDatabase } from "../../../constructs/data/postgres-database";
import { RedisCache } from "../../../constructs/data/redis-cache";
import { DataVolume, Health, Removal } from "../../../constructs/runtime";
import { Secret } from "../../../constructs/secret";
import { service, shop, synthesised, testApp } from "../../synthesised";

test("runs as a user of its own, who can write to nothing but /tmp, unless it says otherwise", () => {
  const stack = synthesised((shop) => {
    service(shop, "api");
    service(shop, "legacy", { user: "33:33", readOnlyRoot: false });
  });
  expect(stack.container("api")).toMatchObject({
    user: "10001:10001",
    read_only: true,
    tmpfs: { "/tmp": "rw,noexec,nosuid,size=64m" },
  });
  expect(stack.container("legacy")).toMatchObject({ user: "33:33", read_only: false });
});

test("publishes no port: only the proxy's way leads to it", () => {
  const stack = synthesised((shop) => {
    service(shop, "api", { port: 3000 });
  });
  expect(stack.container("api").ports).toBeUndefined();
});

test("is replaced by a container that starts before it stops", () => {
  const stack = synthesised((shop) => {
    service(shop, "api");
  });
  expect(stack.container("api").lifecycle.create_before_destroy).toBe(true);
});

test("has its settings, its secrets and what it is connected to in its environment", () => {
  const stack = synthesised((shop) => {
    const api = service(shop, "api", {
      environment: { LOG_LEVEL: "info" },
      secrets: { JWT_SECRET_KEY: Secret.named("JWT_SECRET") },
    });
    api.connectTo(new RedisCache(shop, "cache", { version: "8" }));
  });
  expect(stack.container("api").env).toEqual([
    "JWT_SECRET_KEY=${var.JWT_SECRET}",
    "LOG_LEVEL=info",
    'REDIS_URL=redis://:${replace(urlencode(var.CACHE_PASSWORD), "+", "%20")}@shop-test-cache:6379/0',
  ]);
});

test("may be a worker that nobody reaches", () => {
  const stack = synthesised((shop) => {
    service(shop, "worker", { port: undefined, health: Health.command("pgrep worker"), command: ["work"] });
  });
  expect(stack.container("worker")).toMatchObject({ command: ["work"] });
});

describe("a release job", () => {
  test("runs in the same image, environment, networks and volumes, before the service starts", () => {
    const stack = synthesised((shop) => {
      const api = service(shop, "api", {
        release: { command: ["migrate", "--all"], timeoutSeconds: 90 },
        volumes: { "/uploads": new DataVolume(shop, "uploads") },
      });
      api.connectTo(new PostgresDatabase(shop, "db", { version: "18" }));
    });
    const [api, release] = [stack.container("api"), stack.container("api/release")];
    expect(release).toMatchObject({
      image: api.image,
      env: api.env,
      networks_advanced: api.networks_advanced,
      mounts: api.mounts,
      command: ["migrate", "--all"],
      must_run: false,
    });
    expect(release.provisioner[0]["local-exec"].command).toMatch(/ completed \$\{self\.id\} 90$/);
    expect(release.depends_on).toEqual([stack.addressOf("api/owner"), stack.addressOf("db/ready")]);
    expect(api.depends_on).toContain(stack.addressOf("api/release"));
  });

  test("refuses an empty command", () => {
    expect(() => service(shop(), "api", { release: { command: [] } })).toThrow(
      new Error('test/api: release has an empty command; write it in parts, like ["python", "migrate.py"]'),
    );
  });
});

describe("volumes", () => {
  test("belong to the service's user before it starts", () => {
    const stack = synthesised((shop) => {
      service(shop, "api", { user: "33:33", volumes: { "/uploads": new DataVolume(shop, "uploads") } });
    });
    expect(stack.container("api")).toMatchObject({
      mounts: [
        { source: '${docker_volume.protected["shop-test-uploads"].name}', target: "/uploads", read_only: false },
      ],
      depends_on: [stack.addressOf("api/owner")],
    });
    expect(stack.container("api/owner").command).toEqual(["33:33", "/volumes/1"]);
  });

  test("of the same name cannot be two", () => {
    const stack = shop();
    new DataVolume(stack, "uploads", { removal: Removal.DESTROY_DATA });
    expect(() => new DataVolume(stack, "files", { volumeName: "shop-test-uploads" })).toThrow(
      new Error('test/files: volume "shop-test-uploads" is there already; give one of the two another volumeName'),
    );
  });
});

describe("connecting to another application", () => {
  test("gives its address, which only containers of that very release answer to, and starts after it", () => {
    const stack = synthesised((shop) => {
      service(shop, "web").connectTo(service(shop, "price-list", { port: 8000 }));
    });
    const [, alias] =
      /^PRICE_LIST_URL=http:\/\/(price-list-\$\{substr\(.+\)\}):8000$/.exec(stack.container("web").env[0] ?? "") ?? [];
    expect(alias).toBeDefined();
    expect(stack.container("price-list").networks_advanced?.[0]?.aliases).toEqual([alias]);
    expect(stack.container("web").depends_on).toEqual([stack.addressOf("price-list")]);
  });

  test("gives it one alias, however many connect to it", () => {
    const stack = synthesised((shop) => {
      const api = service(shop, "api");
      service(shop, "web").connectTo(api);
      service(shop, "worker").connectTo(api);
    });
    expect(stack.container("api").networks_advanced?.[0]?.aliases).toHaveLength(1);
  });

  test("refuses one without a port", () => {
    const stack = shop();
    const worker = service(stack, "worker", { port: undefined, health: Health.command("true") });
    expect(() => service(stack, "web").connectTo(worker)).toThrow(
      new Error("test/worker: cannot be connected to: it has no port; add `port: …`"),
    );
  });

  test("refuses a circle of two, and names it", () => {
    const stack = shop();
    const [api, web] = [service(stack, "api"), service(stack, "web")];
    api.connectTo(web);
    expect(() => web.connectTo(api)).toThrow(
      new Error(
        "test/web: cannot connect to test/api: web → api → web is a circle, and none of them could start first; remove one connectTo",
      ),
    );
  });

  test("refuses a longer circle, and names it", () => {
    const stack = shop();
    const [api, web, worker] = [service(stack, "api"), service(stack, "web"), service(stack, "worker")];
    api.connectTo(web);
    web.connectTo(worker);
    expect(() => worker.connectTo(api)).toThrow(
      new Error(
        "test/worker: cannot connect to test/api: worker → api → web → worker is a circle, and none of them could start first; remove one connectTo",
      ),
    );
  });

  test("refuses itself", () => {
    const api = service(shop(), "api");
    expect(() => api.connectTo(api)).toThrow(
      new Error(
        "test/api: cannot connect to test/api: api → api is a circle, and none of them could start first; remove one connectTo",
      ),
    );
  });
});

test("refuses to connect to a database of another environment", () => {
  const app = testApp();
  const db = new PostgresDatabase(shop({}, app, "staging"), "db", { version: "18" });
  const api = service(shop({}, app, "production"), "api");
  expect(() => api.connectTo(db)).toThrow(
    new Error("production/api: cannot connect to staging/db: it is in another environment"),
  );
});

describe("a variable that is set twice", () => {
  test("is refused between settings and secrets", () => {
    expect(() => service(shop(), "api", { environment: { KEY: "1" }, secrets: { KEY: Secret.named("KEY") } })).toThrow(
      new Error(
        "test/api: environment variable KEY is set by environment and by secrets; remove one, or name the connection's with `{ as: … }`",
      ),
    );
  });

  test("is refused between settings and a connection", () => {
    const stack = shop();
    const api = service(stack, "api", { environment: { DATABASE_URL: "sqlite:" } });
    expect(() => api.connectTo(new PostgresDatabase(stack, "db", { version: "18" }))).toThrow(
      new Error(
        "test/api: environment variable DATABASE_URL is set by environment and by the connection to test/db; remove one, or name the connection's with `{ as: … }`",
      ),
    );
  });

  test("is refused between two connections", () => {
    const stack = shop();
    const api = service(stack, "api");
    api.connectTo(new PostgresDatabase(stack, "db", { version: "18" }));
    expect(() => api.connectTo(new PostgresDatabase(stack, "archive", { version: "18" }))).toThrow(
      new Error(
        "test/api: environment variable DATABASE_URL is set by the connection to test/db and by the connection to test/archive; remove one, or name the connection's with `{ as: … }`",
      ),
    );
  });
});

test("refuses an id that is no part of a Docker name", () => {
  expect(() => service(shop(), "API")).toThrow(
    new Error('test/API: id "API" must have lower-case letters, digits and dashes only'),
  );
});

test("says where in the tree it is wrong", () => {
  const scope = new Construct(shop(), "back");
  expect(() => service(scope, "api", { replicas: 0 })).toThrow(
    new Error("test/back/api: replicas must be a whole number of at least 1, got 0"),
  );
});

test.each(["", "10001:", "me too"])("refuses %p, which is nobody", (user) => {
  expect(() => service(shop(), "api", { user })).toThrow(
    new Error(`test/api: user "${user}" is no name or uid:gid; give another, like the default "10001:10001"`),
  );
});

test.each(["root", "0", "0:0", "root:root", "00:10001", "+0", "-0:1"])("refuses to run as %s", (user) => {
  expect(() => service(shop(), "api", { user })).toThrow(
    new Error(`test/api: user "${user}" is root; give another, like the default "10001:10001"`),
  );
});

test("runs as any other user", () => {
  const stack = synthesised((shop) => void service(shop, "api", { user: "1000:0" }));
  expect(stack.container("api").user).toBe("1000:0");
});
