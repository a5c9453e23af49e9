import { Backup } from "../../../constructs/backup/backup";
import { Repository } from "../../../constructs/backup/repository";
import { Retention } from "../../../constructs/backup/retention";
import { Files } from "../../../constructs/data/files";
import { PostgresDatabase } from "../../../constructs/data/postgres-database";
import { SqliteDatabase } from "../../../constructs/data/sqlite-database";
import { Removal } from "../../../constructs/runtime";
import { type Synthesised, service, shop, synthesised } from "../../synthesised";

function backedUp(backup?: Backup, removal?: Removal): Synthesised {
  return synthesised((shop) => {
    const db = new PostgresDatabase(shop, "db", { version: "18", database: "orders", backup, removal });
    service(shop, "api", { release: { command: ["migrate"] } }).connectTo(db);
  });
}

function described(stack: Synthesised): Record<string, Record<string, unknown>> {
  // Testing.synth leaves comments out.
  return stack.stack.toTerraform()["//"].backups;
}

test("backs a database up every night, unless it is told otherwise", () => {
  const backup = backedUp().container("db/backup");
  expect(backup).toMatchObject({
    name: "shop-test-db-backup",
    user: "999:999",
    memory: 400,
    cpu_shares: 128,
    restart: "unless-stopped",
    env: [
      "CHECK_SCHEDULE=0 4 * * *",
      "DATABASES=orders",
      "DATABASE_HOST=shop-test-db",
      "DATABASE_USER=backup",
      "ENGINE=postgres",
      "KEEP=within 30d",
      "NAME=shop-test-db",
      "REPOSITORY=/repository",
      "ROUNDS=0 3 * * *",
      "SCHEDULE=0 3 * * *",
      "TZ=UTC",
      "VERIFY_SCHEDULE=0 5 * * 0",
    ],
  });
  expect(backup.mounts?.map(({ target, read_only }) => `${target}${read_only ? " read-only" : ""}`)).toEqual([
    "/repository",
    "/state",
    "/metrics",
    "/run/secrets read-only",
    "/proof read-only",
  ]);
});

test("tries backups of a server out in a container that reaches nothing and knows nothing", () => {
  const proof = backedUp().container("db/backup/proof");
  expect(proof).toMatchObject({
    name: "shop-test-db-backup-proof",
    command: ["prove"],
    network_mode: "none",
    read_only: true,
    restart: "unless-stopped",
    env: ["ENGINE=postgres", "NAME=shop-test-db"],
    mounts: [{ target: "/state" }, { target: "/proof" }],
  });
  expect(proof.networks_advanced).toBeUndefined();
  const files = synthesised((shop) => void new Files(shop, "uploads"));
  expect(files.containers("uploads/backup/proof")).toEqual([]);
});

test("gives each of its containers the memory that the policy says", () => {
  const stack = synthesised((shop) => {
    new PostgresDatabase(shop, "db", { version: "18", backup: Backup.nightly({ memory: 512 }) });
  });
  for (const container of ["db/backup", "db/backup/proof"]) expect(stack.container(container).memory).toBe(512);
});

test("names the extensions that a superuser has to create to all who restore", () => {
  const stack = synthesised(
    (shop) => void new PostgresDatabase(shop, "db", { version: "18", extensions: ["postgis"] }),
  );
  for (const container of ["db/ready", "db/backup", "db/backup/proof"]) {
    expect(stack.container(container).env).toContain("EXTENSIONS=postgis");
  }
  expect(() => new PostgresDatabase(shop(), "db", { version: "18", extensions: ["a b"] })).toThrow(
    'test/db: extension "a b" is not a name; write it as in CREATE EXTENSION, like "postgis"',
  );
});

test("is built on the very server's image, for the user it runs as", () => {
  const image = Object.values(backedUp().resources("docker_image")).find(({ build }) => build);
  expect(image).toMatchObject({
    name: expect.stringMatching(/^shop-test-db-backup-image:[0-9a-f]{12}$/),
    build: { build_args: { REGISTRY: "", BASE: "postgres:18", OWNER: "999:999" } },
  });
});

test("reaches the database and nothing else, until its backups go elsewhere", () => {
  const networks = (backup?: Backup) =>
    backedUp(backup)
      .container("db/backup")
      .networks_advanced?.map(({ name }) => name.replace(/^\$\{docker_network\.(.*)_\w{8}\.name\}$/, "$1"));
  expect(networks()).toEqual(["db_network"]);
  const offsite = Repository.s3({ bucket: "backups", region: "auto" });
  expect(networks(Backup.nightly({ offsite }))).toEqual(["db_network", "egress"]);
  expect(networks(Backup.nightly({ repository: offsite }))).toEqual(["db_network", "egress"]);
});

test("copies to another place with that one's own secrets, as files", () => {
  const offsite = Repository.s3({ bucket: "backups", endpoint: "https://s3.example", region: "auto" });
  const stack = backedUp(Backup.nightly({ offsite }));
  expect(stack.container("db/backup").env).toEqual(
    expect.arrayContaining([
      "OFFSITE_REPOSITORY=s3:https://s3.example/backups/shop-test-db",
      "AWS_DEFAULT_REGION=auto",
    ]),
  );
  const own = (name: string, shared: string) => `\${(length(var.${name}) >= 1) ? var.${name} : var.${shared}}`;
  const password = own("DB_REPOSITORY_PASSWORD", "BACKUP_PASSWORD");
  expect(stack.container("db/backup/secrets/write").upload).toEqual([
    { file: "/secrets/repository-password", content: password },
    { file: "/secrets/database-password", content: "${var.DB_BACKUP_PASSWORD}" },
    { file: "/secrets/offsite-password", content: password },
    {
      file: "/secrets/offsite-aws-access-key-id",
      content: own("DB_OFFSITE_ACCESS_KEY_ID", "OFFSITE_ACCESS_KEY_ID"),
    },
    {
      file: "/secrets/offsite-aws-secret-access-key",
      content: own("DB_OFFSITE_SECRET_ACCESS_KEY", "OFFSITE_SECRET_ACCESS_KEY"),
    },
  ]);
});

test("protects its repository like the data, and gives both up with the same word", () => {
  const volumes = (removal?: Removal) => {
    const stack = backedUp(undefined, removal).resources("docker_volume");
    return [stack.protected?.for_each, stack.disposable?.for_each];
  };
  const both = {
    "shop-test-db-data": "shop-test-db-data",
    "shop-test-db-backup-repository": "shop-test-db-backup-repository",
  };
  expect(volumes()).toEqual([both, {}]);
  expect(volumes(Removal.DESTROY_DATA)).toEqual([{}, both]);
});

test("goes on under the old name, in the old repository, when the construct is renamed and its data kept", () => {
  const stack = synthesised((shop) => {
    new PostgresDatabase(shop, "main", { version: "18", volumeName: "shop-test-db-data" });
  });
  expect(stack.container("main/backup").env).toContain("NAME=shop-test-db");
  expect(Object.keys(stack.resources("docker_volume").protected?.for_each as object).sort()).toEqual([
    "shop-test-db-backup-repository",
    "shop-test-db-data",
  ]);
});

test("needs no volume for a repository elsewhere", () => {
  const stack = backedUp(Backup.nightly({ repository: Repository.rest("https://backups.example") }));
  expect(stack.container("db/backup").env).toContain("REPOSITORY=rest:https://backups.example/shop-test-db");
  expect(stack.container("db/backup").mounts?.map(({ target }) => target)).not.toContain("/repository");
  expect(stack.resources("docker_volume").protected?.for_each).toEqual({ "shop-test-db-data": "shop-test-db-data" });
});

test("waits for the job that makes its role", () => {
  const stack = backedUp();
  expect(stack.container("db/backup").depends_on).toEqual([
    stack.addressOf("db/backup/secrets/write"),
    stack.addressOf("db/ready"),
  ]);
});

test("starts anew, and its database does not, when the policy changes", () => {
  const [before, after] = [backedUp(), backedUp(Backup.nightly({ keep: Retention.days(7) }))];
  expect(after.container("db/backup").env).not.toEqual(before.container("db/backup").env);
  expect(after.container("db").labels).toEqual(before.container("db").labels);
  expect(after.container("db/backup")).toMatchObject({ stop_timeout: 30, lifecycle: {} });
});

describe("off", () => {
  const stack = backedUp(Backup.off("made from a seed"));

  test("makes no container, no volume and no secret", () => {
    expect(stack.containers("db/backup")).toEqual([]);
    expect(Object.keys(stack.json.variable ?? {})).toEqual(["DB_ADMIN_PASSWORD", "DB_PASSWORD", "UPGRADE_UNDER_WAY"]);
    expect(described(stack)).toBeUndefined();
    expect(stack.container("db/ready").env).toContain("BACKUP=off");
  });

  test("is shown by every plan, with the reason", () => {
    expect((stack.json as unknown as { output: unknown }).output).toEqual({
      "without-backup": { value: { db: "made from a seed" } },
    });
    expect((backedUp().json as unknown as { output?: unknown }).output).toBeUndefined();
  });
});

describe("in production", () => {
  const production = (backup?: Backup) =>
    synthesised((shop) => new PostgresDatabase(shop, "db", { version: "18", backup }), {}, "production");

  test("backups that go with their host are refused", () => {
    expect(() => production()).toThrow(
      'production/db: production\'s backups would be on its own host only, and lost with it; pass Backup.nightly({ offsite: environment.offsite }) and give the environment\'s file "backups": {"offsite": "s3:https://…"}, or say why not: Backup.nightly({ onlyHere: "why" })',
    );
    const elsewhere = Repository.s3({ bucket: "backups" });
    expect(production(Backup.nightly({ offsite: elsewhere })).container("db/backup")).toBeDefined();
    expect(production(Backup.nightly({ repository: elsewhere })).container("db/backup")).toBeDefined();
  });

  test("unless it is said why, and every plan repeats it", () => {
    expect((production(Backup.nightly({ onlyHere: "a demo" })).json as unknown as { output: unknown }).output).toEqual({
      "backups-only-here": { value: { db: "a demo" } },
    });
  });
});

describe("before a release", () => {
  const policy = Backup.nightly({ beforeRelease: true });

  test("makes a backup, and the release waits for it", () => {
    const stack = backedUp(policy);
    const job = stack.container("api/db-backup");
    expect(job).toMatchObject({ command: ["backup", "--wait", "1800", "--before-release"], must_run: false });
    expect(job.mounts).toEqual(stack.container("db/backup").mounts);
    expect(stack.container("api/release").depends_on).toContain(stack.addressOf("api/db-backup"));
  });

  test("makes one again for another release only", () => {
    const release = (image: string) =>
      synthesised((shop) => {
        const db = new PostgresDatabase(shop, "db", { version: "18", backup: policy });
        service(shop, "api", { command: [image] }).connectTo(db);
      })
        .container("api/db-backup")
        .env.find((line) => line.startsWith("RELEASE="));
    expect(release("one")).toBeDefined();
    expect(release("one")).toBe(release("one"));
    expect(release("two")).not.toBe(release("one"));
  });

  test("lets an application without a release job wait itself", () => {
    const stack = synthesised((shop) => {
      const files = new Files(shop, "uploads", { backup: policy });
      service(shop, "api", { volumes: { "/uploads": files } });
    });
    expect(stack.container("api").depends_on).toContain(stack.addressOf("api/uploads-backup"));
  });

  test.each([
    ["production", undefined, 1],
    ["staging", undefined, 0],
    ["production", false, 0],
  ])("is the rule in production alone: %p, %p", (environment, beforeRelease, jobs) => {
    const stack = synthesised(
      (shop) => {
        const backup = Backup.nightly({ beforeRelease, offsite: Repository.s3({ bucket: "backups" }) });
        const db = new PostgresDatabase(shop, "db", { version: "18", backup });
        service(shop, "api").connectTo(db);
      },
      {},
      environment,
    );
    expect(stack.containers("api/db-backup")).toHaveLength(jobs);
  });
});

describe("files", () => {
  const stack = synthesised((shop) => {
    const uploads = new Files(shop, "uploads", { user: "1000:1000" });
    const db = new SqliteDatabase(shop, "db", { file: "shop.db", user: "1000:1000" });
    service(shop, "api", { user: "1000:1000", volumes: { "/uploads": uploads, "/data": db } });
  });

  test.each([
    ["uploads", "FILES=/data"],
    ["db", "SQLITE_FILES=/data/shop.db"],
  ])("%s are read by their owner, who can't write there, without any network", (id, variable) => {
    const backup = stack.container(`${id}/backup`);
    expect(backup.env).toContain(variable);
    expect(backup).toMatchObject({ user: "1000:1000", network_mode: "none" });
    expect(backup.mounts?.at(-1)).toMatchObject({
      source: `\${docker_volume.protected["shop-test-${id}-data"].name}`,
      target: "/data",
      read_only: true,
    });
  });

  test("belong to who writes them", () => {
    const mounted = (user: string) => () =>
      synthesised((shop) => {
        service(shop, "api", { user, volumes: { "/uploads": new Files(shop, "uploads") } });
      });
    expect(mounted("10001:10001")).not.toThrow();
    expect(mounted("10002:10002")).toThrow(
      "test/api: runs as 10002:10002, but the files of one of its volumes belong to 10001:10001; give both the same `user`",
    );
  });

  test.each(["", "a/b.db", "../b.db", "a b.db"])("refuses the SQLite file %p", (file) => {
    expect(() => new SqliteDatabase(shop(), "db", { file })).toThrow(
      `test/db: file "${file}" must be a file name without a folder, like "app.db"`,
    );
  });
});

test("tells the operator's commands what they need", () => {
  const offsite = Repository.rest("https://backups.example");
  expect(described(backedUp(Backup.nightly({ offsite })))).toEqual({
    db: {
      container: "shop-test-db-backup",
      engine: "postgres",
      name: "shop-test-db",
      databases: ["orders"],
      server: "shop-test-db",
      dataVolume: "shop-test-db-data",
      adminSecrets: "shop-test-db-secrets-volume",
      writers: ["test/api"],
      releaseJobs: ["test/api/release"],
      schedule: "0 3 * * *",
      rounds: "0 3 * * *",
      timeZone: "UTC",
      keep: "within 30d",
      repository: "/repository",
      offsite: "rest:https://backups.example/shop-test-db",
      password: "DB_REPOSITORY_PASSWORD",
    },
  });
});

test("says which repositories are append-only, to the container and to the operator's commands", () => {
  const appendOnly = true;
  const offsite = Repository.rest("https://backups.example", { appendOnly });
  const repository = Repository.s3({ bucket: "backups", appendOnly });
  for (const [policy, places] of [
    [Backup.nightly({ offsite }), ["offsite"]],
    [Backup.nightly({ repository, offsite }), ["local", "offsite"]],
  ] as const) {
    const stack = backedUp(policy);
    expect(stack.container("db/backup").env).toContain(`APPEND_ONLY=${places.join(" ")}`);
    expect(described(stack)).toMatchObject({ db: { appendOnly: places } });
  }
});

test("lets no plan change the password of the backups, but for a rotation", () => {
  const { "repository-password-shop-test-db": record, DB_REPOSITORY_PASSWORD_ROTATIONS: rotations } =
    backedUp().resources("terraform_data");
  const value = "(length(var.DB_REPOSITORY_PASSWORD) >= 1) ? var.DB_REPOSITORY_PASSWORD : var.BACKUP_PASSWORD";
  const fingerprint = `substr(sha256(${value}), 0, 8)`;
  const depends_on = [expect.stringMatching(/^data\.docker_network\.host_reachable_/)];
  expect(record).toEqual({
    depends_on,
    input: `\${nonsensitive(${fingerprint})}`,
    triggers_replace: "${var.DB_REPOSITORY_PASSWORD_ROTATIONS}",
    lifecycle: {
      ignore_changes: ["input"],
      postcondition: [
        {
          condition: `\${(self.output == ${fingerprint})}`,
          error_message: expect.stringMatching(
            /Put the old value back, or type:\n\n {2}npm run secrets -- rotate test db$/,
          ),
        },
      ],
    },
  });
  expect(rotations).toEqual({
    depends_on,
    count: "${var.DB_REPOSITORY_PASSWORD_ROTATIONS}",
    lifecycle: { prevent_destroy: true },
  });
});
