import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

jest.setTimeout(120_000);

const PROJECT = join(__dirname, "..", "..");

/** What a synthesis reads. */
const SOURCES = [
  "backup",
  "constructs",
  "environments",
  "examples",
  "images.lock.json",
  "main.ts",
  "package.json",
  "scripts",
  "stacks",
];
const AFAR = {
  domain: "app.example",
  host: {
    url: "ssh://deploy@app.example",
    hostKeys: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHv6uKqj1mNfZc0oYtXwEr5sLdPb3gVaQiUh8xR2kTyM"],
  },
};

interface Laptop {
  /** The project's folder. */
  readonly project: string;
  readonly umask: string;
  readonly env: Readonly<Record<string, string>>;
}

const folder = mkdtempSync(join(tmpdir(), "portolan-"));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Every file that a synthesis of the same commit writes on a laptop, by its name. */
function written({ project, umask, env }: Laptop): Record<string, string> {
  const root = join(folder, project);
  const home = join(folder, env.HOME as string);
  for (const made of [root, home, join(root, "environments", "chenu")]) mkdirSync(made, { recursive: true });
  for (const source of SOURCES) cpSync(join(PROJECT, source), join(root, source), { recursive: true });
  for (const file of readdirSync(join(root, "environments", "chenu"))) {
    if (file.includes(".override.")) rmSync(join(root, "environments", "chenu", file));
  }
  writeFileSync(join(root, "environments", "chenu", "afar.json"), JSON.stringify(AFAR));
  symlinkSync(join(PROJECT, "node_modules"), join(root, "node_modules"));
  // As git leaves a clone: the owner's right to execute is kept, all other rights are the umask's.
  const modes = `chmod -R a+rwX,${umask === "077" ? "go=" : "go-w"} ${SOURCES.join(" ")}`;
  const { PATH, TERRAFORM_BINARY_NAME } = process.env;
  const { stderr, status } = spawnSync("sh", ["-c", `${modes} && umask ${umask} && exec node --import tsx main.ts`], {
    cwd: root,
    encoding: "utf8",
    env: { PATH, TERRAFORM_BINARY_NAME, ...env, HOME: home },
  });
  expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
  const out = join(root, "cdktf.out");
  const files = readdirSync(out, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map((entry) => join(entry.parentPath, entry.name)).sort();
  return Object.fromEntries(paths.map((path) => [path.slice(out.length + 1), readFileSync(path, "latin1")]));
}

test("the same commit is the same on every laptop: folder, home, umask, language and time zone change no byte", () => {
  const one = written({
    project: "portolan",
    umask: "022",
    env: { HOME: "home", LC_ALL: "C", TZ: "UTC" },
  });
  const other = written({
    project: "Dokumente/Kundenprojekte 2026/Élan vital",
    umask: "077",
    env: { HOME: "Benutzer/Zoë Müller", LC_ALL: "tr_TR.UTF-8", LANG: "tr_TR.UTF-8", TZ: "Pacific/Auckland" },
  });
  expect(Object.keys(one)).toContain("stacks/afar/cdk.tf.json");
  expect(Object.keys(one).some((file) => file.startsWith("stacks/afar/assets/"))).toBe(true);
  expect(Object.keys(other)).toEqual(Object.keys(one));
  for (const [file, content] of Object.entries(one)) expect({ file, content: other[file] }).toEqual({ file, content });
});
