import { chmodSync, lstatSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from "node:fs";
import { isAbsolute, join, resolve } from "node:path";
import { App } from "cdktf";
import { Backup } from "../../constructs/backup/backup";
import { PostgresDatabase } from "../../constructs/data/postgres-database";
import { Environment } from "../../stacks/environment";
import { EnvironmentStack } from "../../stacks/environment-stack";
import { secretsFile } from "../../stacks/secrets-file";
import { Synthesised, shop, synthesised, testApp } from "../synthesised";

test("keeps its state beside the project, in a file of its own, unless it says otherwise", () => {
  const { stack, json } = synthesised();
  const { path } = (json.terraform.backend as { local: { path: string } }).local;
  expect(isAbsolute(path)).toBe(false);
  expect(resolve(App.of(stack).outdir, "stacks", "test", path)).toBe(resolve("terraform.shop.test.tfstate"));
});

test("keeps its state in S3 with a lock, so that two deploys cannot run at once", () => {
  const state = { s3: { bucket: "shop-state", region: "eu-central-1" } };
  expect(synthesised(() => undefined, { state }).json.terraform.backend).toEqual({
    s3: {
      bucket: "shop-state",
      region: "eu-central-1",
      key: "shop/test.tfstate",
      encrypt: true,
      use_lockfile: true,
    },
  });
});

test("keeps its state in what speaks S3, too, without asking Amazon", () => {
  const state = {
    s3: { bucket: "shop-state", region: "auto", endpoint: "https://minio.example", key: "live.tfstate" },
  };
  expect(synthesised(() => undefined, { state }).json.terraform.backend?.s3).toMatchObject({
    key: "live.tfstate",
    endpoints: { s3: "https://minio.example" },
    use_path_style: true,
    use_lockfile: true,
    skip_credentials_validation: true,
    skip_requesting_account_id: true,
    skip_region_validation: true,
    skip_metadata_api_check: true,
    skip_s3_checksum: true,
  });
});

test("lets Terraform read the environment's secrets file in its one place", () => {
  const file = secretsFile("shop", "linked");
  writeFileSync(file, 'JWT_SECRET="canary"\n');
  try {
    const stack = shop({}, testApp(), "linked");
    const link = join(App.of(stack).outdir, "stacks", "linked", "secrets.auto.tfvars");
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(realpathSync(link)).toBe(resolve(file));
    expect(readFileSync(link, "utf8")).toBe('JWT_SECRET="canary"\n');
    expect(JSON.stringify(new Synthesised(stack).json)).not.toContain("canary");
  } finally {
    rmSync(file);
  }
});

test("takes no link along to where there is no secrets file", () => {
  const link = join(App.of(shop()).outdir, "stacks", "test", "secrets.auto.tfvars");
  expect(() => lstatSync(link)).toThrow("ENOENT");
});

test("keeps environments of one system apart in every Docker name", () => {
  const app = testApp();
  const [staging, production] = ["staging", "production"].map((name) => {
    const stack = shop({}, app, name);
    new PostgresDatabase(stack, "db", { version: "18", backup: Backup.nightly({ onlyHere: "a test" }) });
    return new Synthesised(stack);
  });
  expect(staging?.container("db").name).toBe("shop-staging-db");
  expect(production?.container("db").name).toBe("shop-production-db");
});

test("refuses sizes that the system doesn't have", () => {
  const data = { sizes: { db: { memory: 1024 }, "data-base": { memory: 1024, cpus: 2 }, cache: { replicas: 2 } } };
  expect(() =>
    synthesised(({ environment }) => {
      environment.resources("db", { memory: 512 });
    }, data),
  ).toThrow(
    new Error(
      'test: shop has no use for "sizes.data-base.memory", "sizes.data-base.cpus", "sizes.cache.replicas"; allowed: db.memory, db.cpus',
    ),
  );
});

test.each(["Shop", "my_shop", "", "a".repeat(21)])("refuses %p as the name of a system", (system) => {
  const environment = Environment.parse("test", { domain: "shop.example" });
  expect(() => new EnvironmentStack(testApp(), system, environment)).toThrow(
    new Error(
      `test: system "${system}" must have at most 20 lower-case letters, digits and dashes and start with a letter`,
    ),
  );
});

test("lets nobody else into the folder of its plans", () => {
  const app = testApp();
  chmodSync(app.outdir, 0o755);
  shop({}, app);
  expect(statSync(app.outdir).mode & 0o777).toBe(0o700);
});
