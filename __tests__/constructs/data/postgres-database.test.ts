import { PostgresDatabase, type PostgresDatabaseProps } from "../../../constructs/data/postgres-database";
import { Removal } from "../../../constructs/runtime";
import { type Synthesised, service, shop, synthesised } from "../../synthesised";

function database(props: Partial<PostgresDatabaseProps> = {}, id = "db"): Synthesised {
  return synthesised((shop) => {
    const db = new PostgresDatabase(shop, id, { version: "18", ...props });
    service(shop, "api").connectTo(db);
  });
}

test.each([
  ["15", "/var/lib/postgresql/data"],
  ["16", "/var/lib/postgresql/data"],
  ["17.5", "/var/lib/postgresql/data"],
  ["18", "/var/lib/postgresql"],
  ["18.1", "/var/lib/postgresql"],
])("keeps the data of version %s in %s, where its image has it", (version, path) => {
  const stack = database({ version });
  expect(stack.container("db").mounts?.[0]).toEqual({
    type: "volume",
    source: '${docker_volume.protected["shop-test-db-data"].name}',
    target: path,
    read_only: false,
  });
  expect(Object.values(stack.resources("docker_image"))).toContainEqual(
    expect.objectContaining({ name: `postgres:${version}` }),
  );
});

test.each(["14", "19", "latest", "", "18-alpine"])("refuses version %p", (version) => {
  expect(() => new PostgresDatabase(shop(), "db", { version })).toThrow(
    new Error(`test/db: PostgreSQL version "${version}" is not supported; use one of 15, 16, 17, 18`),
  );
});

test("is tuned for its memory, with a quarter of it to share", () => {
  const stack = database({ resources: { memory: 2048, cpus: 2 } });
  const { command, ...container } = stack.container("db");
  expect(container).toMatchObject({ memory: 2048, memory_swap: 2048, cpus: "2.0", shm_size: 512 });
  expect(command).toEqual(
    expect.arrayContaining(["-c", "shared_buffers=512MB", "-c", "effective_cache_size=1536MB", "-c", "work_mem=7MB"]),
  );
});

test("has 512 MiB unless it says otherwise, and its default shared memory", () => {
  expect(database().container("db")).toMatchObject({ memory: 512, shm_size: 128 });
  expect(database({ resources: { memory: 128 } }).container("db")).toMatchObject({ memory: 128, shm_size: 64 });
});

test("refuses too little memory with its own path", () => {
  expect(() => new PostgresDatabase(shop(), "db", { version: "18", resources: { memory: 5 } })).toThrow(
    new Error("test/db: memory must be a whole number of MiB of at least 6, got 5"),
  );
});

test("gets its passwords as files: no container shows them in its variables or its command", () => {
  const stack = database();
  for (const path of ["db", "db/ready"]) {
    const { env, command, mounts, upload } = stack.container(path);
    expect(JSON.stringify([env, command, upload])).not.toContain("var.");
    expect(mounts).toContainEqual({
      type: "volume",
      source: expect.stringMatching(/^\$\{docker_volume\.db_secrets_volume_\w+\.name\}$/),
      target: "/run/secrets",
      read_only: true,
    });
  }
  expect(stack.container("db").env).toEqual(["POSTGRES_PASSWORD_FILE=/run/secrets/admin-password"]);
});

test("gives who connects to it an address with its encoded password, its network, and the job that made it ready", () => {
  const stack = database({ database: "orders" }, "main-db");
  const api = stack.container("api");
  expect(api.env).toEqual([
    'DATABASE_URL=postgresql://orders:${replace(urlencode(var.MAIN_DB_PASSWORD), "+", "%20")}@shop-test-main-db:5432/orders',
  ]);
  expect(api.networks_advanced).toContainEqual(stack.container("main-db/ready").networks_advanced?.[0]);
  expect(api.depends_on).toEqual([stack.addressOf("main-db/ready")]);
});

test("asks for secrets of at least 24 characters", () => {
  const { variable = {} } = database().json;
  expect(Object.entries(variable).map(([name, { description }]) => [name, description])).toEqual([
    ["BACKUP_PASSWORD", "At least 24 characters; stands in for those that are not set"],
    ["DB_ADMIN_PASSWORD", "At least 24 characters"],
    ["DB_BACKUP_PASSWORD", "At least 24 characters"],
    ["DB_PASSWORD", "At least 24 characters"],
    ["DB_REPOSITORY_PASSWORD", "At least 24 characters"],
    ["DB_REPOSITORY_PASSWORD_ROTATIONS", "How often DB_REPOSITORY_PASSWORD was rotated"],
    ["UPGRADE_UNDER_WAY", "For npm run upgrade alone"],
  ]);
});

test("waits for the very server of this deploy, by a name that the one before it never had", () => {
  const stack = database();
  const [alias] = stack.container("db").networks_advanced?.[0]?.aliases ?? [];
  expect(alias).toMatch(
    /^shop-test-db-\$\{substr\(sha256\(join\(" ", \["\w{12}", docker_image\.db_image_\w+\.name\]\)\), 0, 12\)\}$/,
  );
  expect(stack.container("db/ready").env).toContain(`HOST=${alias}`);
});

test("makes role and password anew when a password changes, although the server goes on", () => {
  const stack = database();
  const write = stack.addressOf("db/secrets/write");
  expect(stack.container("db/ready").lifecycle.replace_triggered_by).toEqual([write]);
  expect(stack.container("db").lifecycle.replace_triggered_by).toBeUndefined();
});

test("starts once its passwords are there, and is stopped so that it needs no recovery", () => {
  const stack = database();
  expect(stack.container("db")).toMatchObject({
    depends_on: [stack.addressOf("db/secrets/write")],
    stop_signal: "SIGINT",
    stop_timeout: 60,
    lifecycle: {},
  });
});

test("gives its data up only when told so", () => {
  const stack = database({ removal: Removal.DESTROY_DATA });
  expect(stack.resources("docker_volume").disposable).toMatchObject({
    for_each: expect.objectContaining({ "shop-test-db-data": "shop-test-db-data" }),
  });
  expect(stack.json.moved).toContainEqual({
    from: 'docker_volume.protected["shop-test-db-data"]',
    to: 'docker_volume.disposable["shop-test-db-data"]',
  });
});

test("keeps its data under another id when it names the volume", () => {
  const stack = database({ volumeName: "shop-test-db-data" }, "main");
  expect(stack.container("main").mounts?.[0]?.source).toBe('${docker_volume.protected["shop-test-db-data"].name}');
});

test.each(["postgres", "template1", "pg_archive", "backup", "my/app", "1st", "${file}", "a".repeat(64)])(
  "refuses the database name %p",
  (database) => {
    expect(() => synthesised((shop) => new PostgresDatabase(shop, "db", { version: "18", database }))).toThrow(
      `test/db: database "${database}" must have at most 63 lower-case letters, digits and "_"`,
    );
  },
);

describe("with applications that only read and write rows", () => {
  const stack = synthesised((shop) => {
    const db = new PostgresDatabase(shop, "db", { version: "18", database: "shop", rowsOnly: true });
    const api = service(shop, "api", { environment: { COLOUR: "blue" }, release: { command: ["migrate"] } });
    api.connectTo(db, { as: "DATABASE" });
    service(shop, "worker").connectTo(db);
  });
  const urlIn = (path: string) => stack.container(path).env.find((variable) => variable.startsWith("DATABASE"));

  test("these have a role and a secret of their own, and their release jobs the owner's", () => {
    expect(urlIn("api")).toMatch(/^DATABASE=postgresql:\/\/shop_rows:.*DB_ROWS_PASSWORD.*@shop-test-db:5432\/shop$/);
    expect(urlIn("worker")).toMatch(/^DATABASE_URL=postgresql:\/\/shop_rows:/);
    expect(urlIn("api/release")).toMatch(/^DATABASE=postgresql:\/\/shop:.*DB_PASSWORD.*@shop-test-db:5432\/shop$/);
    expect(stack.container("api/release").env).toContain("COLOUR=blue");
  });

  test("the role is made where the server is made ready", () => {
    expect(stack.container("db/ready").env).toContain("ROWS_ROLE=shop_rows");
    expect(Object.keys(stack.json.variable ?? {})).toContain("DB_ROWS_PASSWORD");
  });

  test("there is room for its name", () => {
    expect(
      () => new PostgresDatabase(shop(), "db", { version: "18", database: "a".repeat(59), rowsOnly: true }),
    ).toThrow(`test/db: database "${"a".repeat(59)}" must have at most 58 `);
  });
});
