import { readdirSync } from "node:fs";
import { join } from "node:path";
import { run } from "../../../scripts/run";
import { Project } from "./project";

jest.setTimeout(60_000);

const FILE = ".env.web-shop.staging";
const CANARY = "canary-canary-canary-canary-canary";

let project: Project;
beforeEach(() => {
  project = new Project();
});
afterEach(() => project.remove());

function valuesIn(text: string): string[] {
  return [...text.matchAll(/="(.*)"$/gm)].map(([, value = ""]) => value);
}

test("generate makes every secret once, for its owner alone, and prints no value", async () => {
  const first = await project.secrets(["generate", "staging"]);
  expect(first).toEqual({
    stdout:
      "generated API_KEY (43 characters)\ngenerated DB_PASSWORD (43 characters)\ngenerated LONG_KEY (64 characters)\n",
    stderr: "",
    exitCode: 0,
  });
  const text = project.read(FILE);
  expect(text).toMatch(/^API_KEY="[\w-]{43}"\nDB_PASSWORD="[\w-]{43}"\nLONG_KEY="[\w-]{64}"\n$/);
  expect(project.modeOf(FILE)).toBe(0o600);

  const second = await project.secrets(["generate", "staging"]);
  expect(second).toEqual({ stdout: "kept API_KEY\nkept DB_PASSWORD\nkept LONG_KEY\n", stderr: "", exitCode: 0 });
  expect(project.read(FILE)).toBe(text);

  const check = await project.secrets(["check", "staging"]);
  expect(check).toEqual({
    stdout:
      "API_KEY      set, from the file (line 1)\nDB_PASSWORD  set, from the file (line 2)\nLONG_KEY     set, from the file (line 3)\n",
    stderr: "",
    exitCode: 0,
  });

  // What Terraform will read is what a dotenv reader reads.
  const names = ["API_KEY", "DB_PASSWORD", "LONG_KEY"];
  const print = `console.log(${JSON.stringify(names)}.map((name) => process.env[name]).join(" "))`;
  const dotenv = await run(process.execPath, [`--env-file=${join(project.folder, FILE)}`, "-e", print]);
  expect(dotenv.stdout.trim()).toBe(valuesIn(text).join(" "));
});

test("generate keeps comments, order, unknown lines and values, and corrects the mode", async () => {
  const text = `# by hand\nOLD="${CANARY}"\n\nDB_PASSWORD="${CANARY}" # until June\nLONG_KEY=""\n# end`;
  project.write(FILE, text, 0o644);

  const { stdout, stderr, exitCode } = await project.secrets(["generate", "staging"]);

  expect({ stdout, stderr, exitCode }).toEqual({
    stdout: `generated API_KEY (43 characters)\nkept DB_PASSWORD\ngenerated LONG_KEY (64 characters)\nchanged the mode of ${FILE} from 0644 to 0600\n`,
    stderr: "",
    exitCode: 0,
  });
  const [longKey, apiKey] = valuesIn(project.read(FILE)).slice(-2);
  expect(project.read(FILE)).toBe(`${text.replace('LONG_KEY=""', `LONG_KEY="${longKey}"`)}\nAPI_KEY="${apiKey}"\n`);
  expect(project.modeOf(FILE)).toBe(0o600);
});

test("generate does not overwrite what is wrong, but says so", async () => {
  const text = `API_KEY="short"\nDB_PASSWORD=${CANARY}\n`;
  project.write(FILE, text);
  const { stdout, stderr, exitCode } = await project.secrets(["generate", "staging"]);
  expect(stdout).toBe("kept API_KEY\nkept DB_PASSWORD\ngenerated LONG_KEY (64 characters)\n");
  expect(stderr).toBe("error: not every secret is right; to see what to do, type: npm run secrets -- check staging\n");
  expect(exitCode).toBe(1);
  expect(project.read(FILE).startsWith(text)).toBe(true);
});

test("a dry run writes nothing", async () => {
  const none = await project.secrets(["generate", "staging", "--dry-run"]);
  expect(none.stdout).toBe(
    "would generate API_KEY (43 characters)\nwould generate DB_PASSWORD (43 characters)\nwould generate LONG_KEY (64 characters)\n",
  );
  expect(none.exitCode).toBe(0);
  expect(readdirSync(project.folder)).not.toContain(FILE);

  project.write(FILE, `API_KEY="${CANARY}"\n`, 0o640);
  // As npm hands it over when it is typed without the "--".
  const some = await project.secrets(["generate", "staging"], { npm_config_dry_run: "true" });
  expect(some.stdout).toContain(`kept API_KEY\nwould generate DB_PASSWORD`);
  expect(some.stdout).toContain(`would change the mode of ${FILE} from 0640 to 0600\n`);
  expect(project.read(FILE)).toBe(`API_KEY="${CANARY}"\n`);
  expect(project.modeOf(FILE)).toBe(0o640);
  expect(readdirSync(project.folder).filter((name) => name.startsWith(".env"))).toEqual([FILE]);
});

test("check says what is wrong, where, and what to type, but no value", async () => {
  project.write(FILE, `API_KEY="${CANARY}"\nDB_PASSWORD="can\${ary}${CANARY}"\nOLD="${CANARY}"\n${CANARY}\n`, 0o644);
  const { stdout, stderr, exitCode } = await project.secrets(["check", "staging"], {
    TF_VAR_API_KEY: `other-${CANARY}`,
    TF_VAR_LONG_KEY: CANARY,
  });
  expect(stdout).toBe(
    [
      "API_KEY      set, from the file (line 1)",
      "DB_PASSWORD  unreadable, line 2 has ${ in its value, which Terraform would interpret",
      "LONG_KEY     too short, 34 of at least 64 characters (TF_VAR_LONG_KEY)",
      `line 4 of ${FILE} is neither NAME="value" nor a # comment`,
      "",
    ].join("\n"),
  );
  expect(stderr).toBe(
    [
      `warning: TF_VAR_API_KEY is ignored, because line 1 of ${FILE} wins`,
      `warning: nothing needs OLD in line 3 of ${FILE}; remove it`,
      `warning: others may read ${FILE} (mode 0644); type: chmod 600 ${FILE}`,
      `error: staging cannot be deployed with these secrets; correct or remove lines 2, 4 of ${FILE}, then give TF_VAR_LONG_KEY a longer value, then type: npm run secrets -- generate staging`,
      "",
    ].join("\n"),
  );
  expect(exitCode).toBe(1);
});

test("works where all secrets come as variables", async () => {
  const variables = { TF_VAR_API_KEY: CANARY, TF_VAR_DB_PASSWORD: CANARY, TF_VAR_LONG_KEY: CANARY.repeat(2) };
  const generate = await project.secrets(["generate", "staging"], variables);
  expect(generate.stdout).toMatch(/^left API_KEY to TF_VAR_API_KEY\n/);
  const check = await project.secrets(["check", "staging"], variables);
  expect(check.stdout).toMatch(/^API_KEY {6}set, from the variable TF_VAR_API_KEY\n/);
  expect([generate.exitCode, check.exitCode]).toEqual([0, 0]);
  expect(readdirSync(project.folder).filter((name) => name.startsWith(".env"))).toEqual([]);
});

test("PORTOLAN_SYSTEM names the system, PORTOLAN_ENVIRONMENTS the folder", async () => {
  const blog = await project.secrets(["check", "staging"], { PORTOLAN_SYSTEM: "blog" });
  expect(blog).toEqual({ stdout: "staging needs no secrets\n", stderr: "", exitCode: 0 });

  const other = await project.secrets(["check", "staging"], { PORTOLAN_ENVIRONMENTS: "nowhere" });
  expect(other.exitCode).toBe(1);
  expect(other.stderr).toMatch(/^error: nowhere: no environment/);
});

test("a mistake is one message, without a stack trace", async () => {
  const unknown = await project.secrets(["check", "stagin"]);
  expect(unknown).toEqual({
    stdout: "",
    stderr: 'error: unknown environment "stagin"; known: local, staging\n',
    exitCode: 1,
  });
  const missing = await project.secrets(["generate"]);
  expect(missing.stderr).toMatch(/^error: missing required argument 'environment'/);
  expect(missing.exitCode).toBe(1);

  project.write("environments/web-shop/staging.json", '{"domian": "shop.example"}');
  const synth = await project.secrets(["generate", "local"]);
  expect(synth.stderr).toMatch(/^error: environments\/web-shop\/staging\.json: /);
  for (const { stderr } of [unknown, missing, synth]) expect(stderr).not.toMatch(/^\s+at /m);
  expect([unknown, missing, synth].map(({ exitCode }) => exitCode)).toEqual([1, 1, 1]);
});

test("help shows examples", async () => {
  const { stdout, exitCode } = await project.secrets(["help"]);
  expect(stdout).toContain("npm run secrets -- generate staging --dry-run");
  expect(exitCode).toBe(0);
});

describe("interrupted", () => {
  /** Runs `generate` and kills it at its first call of a function of node:fs on the draft. */
  function killedAt(call: "writeFileSync" | "renameSync") {
    project.write(
      "kill.cjs",
      `const fs = require("node:fs");
       const open = fs.openSync;
       fs.openSync = (path, ...rest) => {
         const descriptor = open(path, ...rest);
         if (String(path).endsWith(".new")) fs.${call} = () => process.kill(process.pid, "SIGKILL");
         return descriptor;
       };`,
    );
    return project.secrets(["generate", "staging"], { NODE_OPTIONS: "--require ./kill.cjs" });
  }

  test.each(["writeFileSync", "renameSync"] as const)("before %s, generate leaves the old file", async (call) => {
    const text = `# mine\nAPI_KEY="${CANARY}"\n`;
    project.write(FILE, text);
    await killedAt(call);
    expect(project.read(FILE)).toBe(text);
    expect(project.modeOf(`${FILE}.new`)).toBe(0o600);

    const again = await project.secrets(["generate", "staging"]);
    expect(again.stderr).toMatch(/^error: (\S+\.new) is there: .* type: rm \1\n$/);
    expect(again.exitCode).toBe(1);
    expect(project.read(FILE)).toBe(text);

    await run("rm", [`${FILE}.new`], { cwd: project.folder });
    const third = await project.secrets(["generate", "staging"]);
    expect(third.exitCode).toBe(0);
    expect(project.read(FILE).startsWith(text)).toBe(true);
  });
});

test("of two that generate at once, none undoes the other's work", async () => {
  // The second has read the file, and decided what to generate, before the first writes it.
  project.write(
    "meet.cjs",
    `const fs = require("node:fs");
     const open = fs.openSync;
     const until = (condition) => {
       while (!condition()) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
     };
     fs.openSync = (path, ...rest) => {
       if (!String(path).endsWith(".new")) return open(path, ...rest);
       if (process.env.TURN === "second") fs.writeFileSync("second-has-read", "");
       until(() => fs.existsSync(process.env.TURN === "second" ? "${FILE}" : "second-has-read"));
       return open(path, ...rest);
     };`,
  );
  const NODE_OPTIONS = "--require ./meet.cjs";
  const [first, second] = await Promise.all([
    project.secrets(["generate", "staging"], { NODE_OPTIONS, TURN: "first" }),
    project.secrets(["generate", "staging"], { NODE_OPTIONS, TURN: "second" }),
  ]);
  expect([first.exitCode, second.exitCode]).toEqual([0, 0]);
  expect(first.stdout).toContain("generated API_KEY");
  expect(second.stdout).toBe("kept API_KEY\nkept DB_PASSWORD\nkept LONG_KEY\n");
  expect(project.read(FILE).split("\n")).toHaveLength(4);
});
