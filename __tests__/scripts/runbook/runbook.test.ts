import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { attempt, run } from "../../../scripts/run";
import { runbook } from "../../../scripts/runbook/runbook";
import { withStack } from "../../../scripts/synthesised-stack";

jest.setTimeout(120_000);

const HOST_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHv6uKqj1mNfZc0oYtXwEr5sLdPb3gVaQiUh8xR2kTyM";
const HERE = { domain: "app.example" };
const AFAR = {
  domain: "app.example",
  host: { url: "ssh://deploy@app.example:2222", hostKeys: [HOST_KEY] },
  backups: { offsite: "s3:https://s3.example.com/bucket" },
};

const folder = mkdtempSync(join(tmpdir(), "portolan-environments-"));
const written = new Map<string, string>();

beforeAll(async () => {
  writeFileSync(join(folder, "here.json"), JSON.stringify(HERE));
  writeFileSync(join(folder, "afar.json"), JSON.stringify(AFAR));
  process.env.PORTOLAN_ENVIRONMENTS = folder;
  for (const system of ["chenu", "staka-livres", "ia-poste-manager"]) {
    process.env.PORTOLAN_SYSTEM = system;
    for (const name of ["here", "afar"]) written.set(`${system} ${name}`, await withStack(name, runbook));
  }
});

afterAll(() => {
  delete process.env.PORTOLAN_ENVIRONMENTS;
  delete process.env.PORTOLAN_SYSTEM;
  rmSync(folder, { recursive: true });
});

function of(which: string): string {
  const text = written.get(which);
  if (text === undefined) throw new Error(`no runbook ${which}`);
  return text;
}

/** What makes `docker` mean a remote host. */
function dockerOf(which: string): string {
  return /^docker\(\) \{\n.*?^\}$/ms.exec(of(which))?.[0] ?? "";
}

function blocks(text: string): string[] {
  return [...text.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block]) => block as string);
}

function headings(text: string): string[] {
  return [...text.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading as string);
}

test("has the sections that apply, and links to all of them", () => {
  const always = [
    "Lost volume",
    "Lost host",
    "Corrupted repository",
    "Leaked credentials",
    "Forgotten repository password",
  ];
  const first = ["Which section?", "What is backed up, and when", "Before you start"];
  expect(headings(of("chenu here"))).toEqual([...first, "One table restored", "Whole database", ...always]);
  const withFiles = [...first, "One table restored", "Whole database", "Files restored", ...always];
  expect(headings(of("staka-livres here"))).toEqual(withFiles);
  expect(headings(of("ia-poste-manager here"))).toEqual(withFiles);
  for (const text of written.values()) {
    const anchors = headings(text).map((heading) => heading.toLowerCase().replaceAll(" ", "-"));
    for (const [, link] of text.matchAll(/\]\(#([^)]*)\)/g)) expect(anchors).toContain(link);
  }
});

test("every block is correct shell, and names its system where another's database could be meant", async () => {
  for (const text of written.values()) {
    const system = /^# Runbook: data of (\S+),/.exec(text)?.[1];
    for (const block of blocks(text)) {
      const { stderr } = await attempt("bash", ["-n"], { input: block });
      expect({ block, stderr }).toEqual({ block, stderr: "" });
      for (const line of block.split("\n").filter((line) => /\bnpm run\b/.test(line))) {
        expect(line).toMatch(new RegExp(`^PORTOLAN_SYSTEM=${system} npm run `));
      }
    }
  }
});

test("of a remote host: docker runs there in every block, and its pinned keys are known", () => {
  for (const block of blocks(of("staka-livres afar"))) {
    if (/\bdocker (?!version)/.test(block)) expect(block).toContain(`${dockerOf("staka-livres afar")}\n`);
  }
  expect(of("staka-livres afar")).toContain(`echo '[app.example]:2222 ${HOST_KEY}' >>~/.ssh/known_hosts`);
  expect(of("staka-livres here")).not.toContain("DOCKER_HOST");
});

test("of a remote host: pasted on a machine without Docker, each word arrives as it is, and no more than it asks for is read", async () => {
  const bin = join(folder, "bin");
  mkdirSync(bin);
  const put = (name: string, script: string) =>
    writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  // sshd gives one line to the account's shell, where there is a `docker` again.
  const there = 'docker() { for word; do printf "<%s>" "$word"; done; cat; }';
  put(
    "ssh",
    `[ "$1" != -n ] || { exec </dev/null; shift; }\necho "$1 $2 $3: $4" >>${folder}/said\neval '${there}'; eval "$4"`,
  );
  const words = [`exec`, `it's`, `a "b" $HOME \\ *`, "two\nlines"];
  const typed = words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
  for (const shell of ["sh", "bash"]) {
    const script = `${dockerOf("chenu afar")}\ndocker ${typed}\necho; echo pasted after it\n`;
    const { stdout } = await run(shell, [], { input: script, env: { PATH: `${bin}:/usr/bin:/bin` } });
    expect(stdout).toBe(`${words.map((word) => `<${word}>`).join("")}\npasted after it\n`);
    const piped = `${dockerOf("chenu afar")}\necho input | docker exec --interactive db\n`;
    expect((await run(shell, [], { input: piped, env: { PATH: `${bin}:/usr/bin:/bin` } })).stdout).toBe(
      "<exec><--interactive><db>input\n",
    );
  }
  expect(readFileSync(join(folder, "said"), "utf8")).toMatch(/^-p 2222 deploy@app\.example: docker 'exec' /);
});

test("names tar's file each time: what it takes by itself is a tape on some systems", () => {
  for (const text of written.values()) expect(text).not.toMatch(/\btar --(create|extract)(?! --file - )/);
});

test("without an offsite repository: says what a lost host means, and no command that would need one", () => {
  expect(of("chenu here")).toContain(
    "this environment has no offsite repository. When the machine is gone, they are gone",
  );
  expect(of("chenu here")).not.toContain('--in-place --at "$AT" --offsite');
  expect(of("chenu here")).not.toContain("repository offsite");
  expect(of("chenu afar")).toContain('npm run restore -- afar db --in-place --at "$AT" --offsite');
  expect(of("chenu afar")).toContain("s3:https://s3.example.com/bucket/chenu-afar-db");
  expect(of("chenu afar")).not.toContain("no offsite repository");
});

test("of a host that was taken over: what comes back from offsite, and whether it could be deleted", () => {
  expect(headings(of("chenu afar"))).toContain("Host taken over");
  expect(of("chenu afar")).toContain("is not append-only: whoever had the host could delete it");
  expect(of("chenu afar")).toContain('"s3,versions:bucket/chenu-afar-db" "s3:$TO/chenu-afar-db"');
  expect(of("chenu afar")).toContain('REPOSITORY="s3:https://s3.example.com/bucket"');
});

test("goes back to the same round of all, and takes one alone only where the others stay as they are", () => {
  const restores = (text: string) =>
    [...text.matchAll(/npm run restore -- here (.* --at .*)/g)].map(([, words]) => words?.replace(' --at "$AT"', ""));
  expect(of("chenu here")).not.toContain("--alone");
  expect(restores(of("staka-livres here"))).toEqual([
    ...['db --to-database "$COPY" --alone', "db --in-place"],
    ...['uploads --to-file "$FOLDER" --alone', "uploads --in-place"],
    ...["db --in-place --alone", "uploads --in-place --alone"],
  ]);
  expect(of("staka-livres afar")).toContain('uploads --in-place --at "$AT" --offsite\n');
  expect(of("staka-livres afar")).toContain("are one round");
});

test("speaks each engine's own language", () => {
  expect(of("chenu here")).toMatch(/psql/);
  expect(of("chenu here")).not.toMatch(/mysql|sqlite3|docker run .*tar/);
  expect(of("staka-livres here")).toMatch(/exec mysql -u root/);
  expect(of("staka-livres here")).not.toMatch(/psql|sqlite3/);
  expect(of("ia-poste-manager here")).toMatch(/sqlite3/);
  expect(of("ia-poste-manager here")).not.toMatch(/psql|mysql/);
});

test("has every backup with its policy", () => {
  expect(of("staka-livres here")).toContain(
    "| `db` | `stakalivres` on `staka-livres-here-db` (mysql) | `0 3 * * *` Europe/Paris | within 30d | volume `staka-livres-here-db-backup-repository` | **none** |",
  );
  expect(of("staka-livres afar")).toMatch(
    /^\| `uploads` \| files of the volume `staka-livres-afar-uploads-data` \|.*\| `s3:https:\/\/s3\.example\.com\/bucket\/staka-livres-afar-uploads` \|$/m,
  );
});
