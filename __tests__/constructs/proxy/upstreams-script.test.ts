import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../../scripts/run";

const SCRIPT = readFileSync(join(__dirname, "..", "..", "..", "constructs", "proxy", "upstreams.sh"), "utf8");

const UPSTREAMS = `upstream web {
  zone web 64k;
  server web-1:8080;
}

upstream api {
  zone api 64k;
  server api-1:3000 max_fails=10 fail_timeout=2s;
  server api-2:3000 max_fails=10 fail_timeout=2s;
}
`;

/** What a function of the script prints about a release, when these names have an address and these replicas are silent. */
async function printed(call: string, { names, silent = [] }: { names: readonly string[]; silent?: readonly string[] }) {
  const folder = mkdtempSync(join(tmpdir(), "portolan-"));
  try {
    const release = join(folder, "releases", "v1");
    mkdirSync(release, { recursive: true });
    mkdirSync(join(folder, "silent"));
    writeFileSync(join(release, "upstreams.conf"), UPSTREAMS);
    writeFileSync(
      join(release, "probes"),
      "http://web-1:8080/-/health\nhttp://api-1:3000/health\nhttp://api-2:3000/health\n",
    );
    for (const target of silent) writeFileSync(join(folder, "silent", target), "");
    const cases = names.map((name, index) => `${name}) echo "10.0.0.${index + 1} ${name}" ;;`);
    writeFileSync(join(folder, "getent"), `#!/bin/sh\ncase $2 in\n${cases.join("\n")}\n*) exit 2 ;;\nesac\n`);
    chmodSync(join(folder, "getent"), 0o755);
    const script = `volume=${folder}\n${SCRIPT.replaceAll("/tmp/silent", join(folder, "silent"))}\n${call}`;
    return (await run("sh", ["-euc", script], { env: { PATH: `${folder}:${process.env.PATH}` } })).stdout;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function servers(config: string): string[] {
  return config.match(/(?<=^ {2}server ).*(?=;$)/gm) ?? [];
}

test("has the address of each container, and nobody's where there is none", async () => {
  expect(servers(await printed("addresses v1", { names: ["web-1", "api-2"] }))).toEqual([
    "10.0.0.1:8080",
    "127.0.0.1:9 max_fails=10 fail_timeout=2s",
    "10.0.0.2:3000 max_fails=10 fail_timeout=2s",
  ]);
});

test("takes a silent replica out while another one answers", async () => {
  const names = ["web-1", "api-1", "api-2"];
  expect(servers(await printed("addresses v1", { names, silent: ["api-1:3000"] }))).toEqual([
    "10.0.0.1:8080",
    "10.0.0.2:3000 max_fails=10 fail_timeout=2s down",
    "10.0.0.3:3000 max_fails=10 fail_timeout=2s",
  ]);
});

test("takes nobody out when all are silent", async () => {
  const config = await printed("addresses v1", {
    names: ["web-1", "api-1", "api-2"],
    silent: ["web-1:8080", "api-1:3000", "api-2:3000"],
  });
  expect(config).not.toContain("down");
});

test("asks only replicas that have others beside them", async () => {
  expect((await printed("probes v1", { names: [] })).match(/(?<=url = ").*(?=")/g)).toEqual([
    "http://api-1:3000/health",
    "http://api-2:3000/health",
  ]);
});
