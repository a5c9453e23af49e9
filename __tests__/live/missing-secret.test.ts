import { readFileSync, readlinkSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../../scripts/run";
import { secretsFile } from "../../stacks/secrets-file";
import { Deployment, SECRETS } from "./deployment";

jest.setTimeout(120_000);

const NAME = "t-secret";
const PROJECT = join(__dirname, "..", "..");
const FILE = join(PROJECT, secretsFile("chenu", NAME));
/** In one line, so that it can be copied. */
const COMMAND = `npm run secrets -- generate ${NAME}`;
const SHORT = "canary-short";

let deployment: Deployment;
beforeAll(async () => {
  rmSync(FILE, { force: true });
  deployment = await Deployment.create(NAME);
});
afterAll(async () => {
  rmSync(FILE, { force: true });
  await deployment.remove();
});

describe("with a secret missing and one too short", () => {
  beforeAll(async () => {
    const { DB_PASSWORD: _, ...others } = SECRETS;
    deployment.secrets = { ...others, JWT_SECRET: SHORT };
    await deployment.synth();
    await deployment.terraform("init", "-input=false");
  });

  test.each([
    ["terraform plan", () => deployment.terraform("plan", "-input=false")],
    ["cdktf diff", () => deployment.diff()],
    ["cdktf deploy", () => deployment.deploy()],
  ])("%s stops, names both and says what to type", async (_, command) => {
    const { stdout, stderr, exitCode } = await command();
    const said = stdout + stderr;
    // Not the whole output, which is long where it is wrong.
    expect({
      exitCode,
      missing: oneLine(said).includes(`Secret DB_PASSWORD of environment ${NAME} is missing;`),
      short: oneLine(said).includes(`Secret JWT_SECRET of environment ${NAME} must have at least 32 characters;`),
      command: said.includes(COMMAND),
      printed: Object.keys(deployment.secrets).filter((name) => said.includes(deployment.secrets[name] ?? "")),
    }).toEqual({ exitCode: 1, missing: true, short: true, command: true, printed: [] });
    expect(await deployment.containers()).toEqual([]);
  });
});

test("secrets from the file reach the plan, and win over variables", async () => {
  deployment.secrets = {};
  const env = { PORTOLAN_SYSTEM: "chenu", PORTOLAN_ENVIRONMENTS: join(deployment.folder, "environments") };
  await run(process.execPath, ["--import", "tsx", "scripts/secrets.ts", "generate", NAME], { cwd: PROJECT, env });
  expect(statSync(FILE).mode & 0o777).toBe(0o600);
  const generated = Object.fromEntries(
    [...readFileSync(FILE, "utf8").matchAll(/^(\w+)="(.*)"$/gm)].map(([, name, value]) => [name, value]),
  );
  // A new file has a password for each database, and none that several share.
  const { BACKUP_PASSWORD: _, ...others } = SECRETS;
  expect(Object.keys(generated).sort()).toEqual([...Object.keys(others), "DB_REPOSITORY_PASSWORD"].sort());

  deployment.secrets = { JWT_SECRET: SECRETS.JWT_SECRET };
  await deployment.synth();
  expect(readlinkSync(join(deployment.stack, "secrets.auto.tfvars"))).toMatch(/\.env\.chenu\.t-secret$/);
  await deployment.terraform("init", "-input=false");
  const plan = await deployment.terraform("plan", "-input=false", "-out=plan");
  expect(plan).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/Plan: \d+ to add, 0 to change/) });

  const { variables } = JSON.parse((await deployment.terraform("show", "-json", "plan")).stdout);
  for (const [name, value] of Object.entries(generated)) {
    expect(variables[name].value).toBe(value);
    expect(plan.stdout + plan.stderr).not.toContain(value);
    expect(deployment.json).not.toContain(value);
  }
});

test("a line that cannot be read stops the plan without being printed", async () => {
  writeFileSync(FILE, `JWT_SECRET="canary\${in}file"\n`, { mode: 0o600 });
  deployment.secrets = { ...SECRETS };
  await deployment.synth();
  const { stdout, stderr, exitCode } = await deployment.terraform("plan", "-input=false");
  expect(exitCode).toBe(1);
  expect(oneLine(stderr)).toContain(
    `Line 1 of .env.chenu.${NAME} cannot be read; type: npm run secrets -- check ${NAME}`,
  );
  expect(stdout + stderr).not.toContain("canary");
});

/** Terraform wraps what it says, and cdktf puts a column in front of it. */
function oneLine(text: string): string {
  return text.replace(/[\s│]+/g, " ");
}
