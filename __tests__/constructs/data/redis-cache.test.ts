import { Persistence, RedisCache, type RedisCacheProps } from "../../../constructs/data/redis-cache";
import { Removal } from "../../../constructs/runtime";
import { type Synthesised, service, shop, synthesised } from "../../synthesised";

function cache(props: Partial<RedisCacheProps> = {}): Synthesised {
  return synthesised((shop) => {
    service(shop, "api").connectTo(new RedisCache(shop, "cache", { version: "8", ...props }));
  });
}

test.each([
  [Persistence.NONE, ['save ""', "appendonly no", "maxmemory 96mb"]],
  [Persistence.SNAPSHOTS, ["save 3600 1 300 100 60 10000", "appendonly no", "maxmemory 76mb"]],
  [Persistence.EVERY_SECOND, ['save ""', "appendonly yes", "appendfsync everysec", "maxmemory 76mb"]],
])("with persistence %p has the settings %p", (persistence, settings) => {
  const [script = ""] = cache({ persistence }).container("cache").command ?? [];
  expect(script.split("\n")).toEqual([
    String.raw`password=$(sed 's/[\\"]/\\&/g' /run/secrets/password)`,
    "exec redis-server - <<END",
    "dir /data",
    ...settings,
    "maxmemory-policy allkeys-lru",
    'requirepass "$password"',
    "END",
  ]);
});

test("keeps nothing unless it says otherwise, and then in a protected volume", () => {
  const forgetful = cache();
  expect(forgetful.container("cache").mounts?.map(({ target }) => target)).toEqual(["/run/secrets"]);
  expect(forgetful.resources("docker_volume").protected).toMatchObject({ for_each: {} });

  const persistent = cache({ persistence: Persistence.SNAPSHOTS });
  expect(persistent.container("cache").mounts?.[0]).toMatchObject({
    source: '${docker_volume.protected["shop-test-cache-data"].name}',
    target: "/data",
  });
});

test("says in each plan that what persists has no backup", () => {
  const reason = "a cache: what persists outlives a restart, not the loss of its volume or host";
  const outputs = (stack: Synthesised) => (stack.json as unknown as { output?: unknown }).output;
  expect(outputs(cache({ persistence: Persistence.SNAPSHOTS }))).toEqual({
    "without-backup": { value: { cache: reason } },
  });
  expect(outputs(cache())).toBeUndefined();
});

test("gives its data up only when told so", () => {
  const stack = cache({ persistence: Persistence.EVERY_SECOND, removal: Removal.DESTROY_DATA });
  expect(stack.resources("docker_volume").disposable).toMatchObject({
    for_each: { "shop-test-cache-data": "shop-test-cache-data" },
  });
});

test("leaves what a queue needs in place when it is told not to evict", () => {
  const [script] = cache({ eviction: "noeviction" }).container("cache").command ?? [];
  expect(script).toContain("\nmaxmemory-policy noeviction\n");
});

test("gives who connects to it an address with its encoded password, its network, and the job that found it ready", () => {
  const stack = cache();
  const api = stack.container("api");
  expect(api.env).toEqual([
    'REDIS_URL=redis://:${replace(urlencode(var.CACHE_PASSWORD), "+", "%20")}@shop-test-cache:6379/0',
  ]);
  expect(api.networks_advanced).toContainEqual(stack.container("cache/ready").networks_advanced?.[0]);
  expect(api.depends_on).toEqual([stack.addressOf("cache/ready")]);
});

test("shows its password in no command and no variable of its containers", () => {
  const stack = cache();
  for (const path of ["cache", "cache/ready"]) {
    const { env, command, healthcheck } = stack.container(path);
    expect(JSON.stringify([env, command, healthcheck])).not.toContain("var.");
  }
});

test("restarts with a new password, and lets others start after that", () => {
  const stack = cache();
  const write = stack.addressOf("cache/secrets/write");
  expect(stack.container("cache").lifecycle.replace_triggered_by).toEqual([write]);
  expect(stack.container("cache/ready").lifecycle.replace_triggered_by).toEqual([write]);
});

test("has 128 MiB unless it says otherwise", () => {
  expect(cache().container("cache")).toMatchObject({ memory: 128, cpus: "1.0" });
  expect(cache({ resources: { memory: 1024 } }).container("cache").command?.[0]).toContain("\nmaxmemory 768mb\n");
});

test("refuses too little memory with its own path", () => {
  expect(() => new RedisCache(shop(), "cache", { version: "8", resources: { memory: 1 } })).toThrow(
    new Error("test/cache: memory must be a whole number of MiB of at least 6, got 1"),
  );
});
