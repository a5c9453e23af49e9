import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { attempt } from "../../scripts/run";

const PROJECT = join(__dirname, "..", "..");

/** Runs main.ts in a process of its own, with environment files of the test's own. */
async function main(files: Record<string, unknown>, env: Record<string, string> = {}) {
  const folder = mkdtempSync(join(tmpdir(), "portolan-"));
  try {
    for (const [name, data] of Object.entries(files)) writeFileSync(join(folder, name), JSON.stringify(data));
    const { stdout, stderr, exitCode } = await attempt("node", ["--import", "tsx", "main.ts"], {
      cwd: PROJECT,
      env: { PORTOLAN_ENVIRONMENTS: folder, CDKTF_OUTDIR: join(folder, "out"), ...env },
    });
    const stacks = join(folder, "out", "stacks");
    const json = (environment: string) => readFileSync(join(stacks, environment, "cdk.tf.json"), "utf8");
    const written = exitCode === 0 && existsSync(stacks) ? readdirSync(stacks) : [];
    return {
      output: `${stdout}${stderr}`.replaceAll(folder, "environments"),
      exitCode,
      stacks: Object.fromEntries(written.map((environment) => [environment, json(environment)])),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const LOCAL = { domain: "chenu.example" };

test("writes a stack for each environment", async () => {
  const { output, exitCode, stacks } = await main({ "one.json": LOCAL, "two.json": LOCAL });
  expect({ output, exitCode }).toEqual({ output: "", exitCode: 0 });
  expect(Object.keys(stacks)).toEqual(["one", "two"]);
}, 30_000);

test("deploys the release that the process's environment names, where releases are deployed", async () => {
  const { stacks } = await main(
    { "local.json": LOCAL, "staging.json": { ...LOCAL, release: "1.0.0" } },
    { PORTOLAN_RELEASE: "1.1.0" },
  );
  expect(stacks.staging).toContain("chenu/backend:1.1.0");
  expect(stacks.staging).not.toContain("1.0.0");
  expect(stacks.local).not.toContain("1.1.0");
}, 30_000);

test("writes no value of a secret that the process's environment has", async () => {
  const canary = "canary-0123456789-0123456789-0123456789";
  const { stacks } = await main(
    { "local.json": LOCAL },
    { TF_VAR_JWT_SECRET: canary, TF_VAR_DB_PASSWORD: canary, JWT_SECRET: canary },
  );
  expect(stacks.local).toContain("JWT_SECRET");
  expect(stacks.local).not.toContain("canary");
}, 30_000);

test.each<[string, Record<string, unknown>, Record<string, string>, string]>([
  [
    "an unknown system",
    { "local.json": LOCAL },
    { PORTOLAN_SYSTEM: "chenoo" },
    'process environment: "PORTOLAN_SYSTEM" must be one of chenu, staka-livres, ia-poste-manager, got "chenoo"',
  ],
  [
    "a release that is no tag",
    { "local.json": LOCAL },
    { PORTOLAN_RELEASE: "main branch" },
    'process environment: "PORTOLAN_RELEASE" must be an image tag, like 1.4.2, got "main branch"',
  ],
  ["a folder without environments", {}, {}, "environments: no environment; add one as environments/staging.json"],
  [
    "a misspelt key",
    { "local.json": { ...LOCAL, relaese: "1.0.0" } },
    {},
    'environments/local.json: unknown key "relaese"; allowed here: host, domain, release, registry, imagesLock, acme, ports, maintenance, backups, state, sizes',
  ],
  [
    "a size of a service that the system doesn't have",
    { "local.json": { ...LOCAL, sizes: { database: { memory: 1024 } } } },
    {},
    'local: chenu has no use for "sizes.database.memory"; allowed: db.memory, db.cpus, cache.memory, cache.cpus, backend.replicas, backend.memory, backend.cpus',
  ],
])(
  "says %s in one line, without a stack trace, and fails",
  async (_, files, env, message) => {
    expect(await main(files, env)).toEqual({ output: `error: ${message}\n`, exitCode: 1, stacks: {} });
  },
  30_000,
);
