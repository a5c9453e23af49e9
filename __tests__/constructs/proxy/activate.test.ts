import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { attempt } from "../../../scripts/run";

const SCRIPT = readFileSync(join(__dirname, "..", "..", "..", "constructs", "proxy", "activate.sh"), "utf8");

const PROBES = "http://web-1:3000/health\nhttp://api-1:8000/ready\n";

/** The network as the job sees it: whether the proxy has an address, and what answers at which URL. */
interface World {
  readonly proxy: boolean;
  readonly answers: Readonly<Record<string, string>>;
}

/** Runs the script in such a world, in which time flies; `slept` is how often it waited for a moment. */
async function activated(goal: "ready" | "used", { proxy, answers }: World) {
  const folder = mkdtempSync(join(tmpdir(), "portolan-"));
  try {
    const cases = Object.entries(answers).map(([url, answer]) => `*' ${url}') echo ${answer} ;;`);
    const tools = {
      getent: `exit ${proxy ? 0 : 2}`,
      curl: `case " $*" in\n${cases.join("\n")}\n*) echo 'connection refused' >&2; exit 7 ;;\nesac`,
      date: `cat '${folder}/clock'; expr $(cat '${folder}/clock') + 1 >'${folder}/tick'; mv '${folder}/tick' '${folder}/clock'`,
      sleep: `echo >>'${folder}/slept'`,
    };
    for (const [name, body] of Object.entries(tools)) {
      writeFileSync(join(folder, name), `#!/bin/sh\n${body}\n`);
      chmodSync(join(folder, name), 0o755);
    }
    writeFileSync(join(folder, "clock"), "0");
    writeFileSync(join(folder, "slept"), "");
    writeFileSync(join(folder, "probes"), PROBES);
    writeFileSync(join(folder, "activate.sh"), SCRIPT.replace("/release/probes", join(folder, "probes")));
    const { stdout, exitCode } = await attempt("sh", [join(folder, "activate.sh"), "proxy", "3", goal, "v2"], {
      env: { PATH: `${folder}:${process.env.PATH}` },
    });
    return { stdout, exitCode, slept: readFileSync(join(folder, "slept"), "utf8").length };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test("is ready when every container that would get traffic answers", async () => {
  const answers = { "http://web-1:3000/health": "ok", "http://api-1:8000/ready": "ok" };
  expect(await activated("ready", { proxy: true, answers })).toMatchObject({ stdout: "", exitCode: 0 });
});

test("gives no traffic to a container that does not answer, and says which", async () => {
  const answers = { "http://web-1:3000/health": "ok" };
  expect(await activated("ready", { proxy: true, answers })).toMatchObject({
    stdout: expect.stringMatching(/^http:\/\/api-1:8000\/ready does not answer its health check/),
    exitCode: 1,
  });
});

test("is in use when the last client has left the release before", async () => {
  const answers = { "http://proxy:8081/version": "v2", "http://proxy:8081/alone-v2": "" };
  expect(await activated("used", { proxy: true, answers })).toEqual({ stdout: "", exitCode: 0, slept: 0 });
});

test("gives clients that stay with the release before no more than their time", async () => {
  const answers = { "http://proxy:8081/version": "v2", "http://proxy:8081/alone-v1": "" };
  expect(await activated("used", { proxy: true, answers })).toEqual({ stdout: "", exitCode: 0, slept: 3 });
});

test("says why Nginx refused a configuration", async () => {
  const answers = { "http://proxy:8081/version": "v1", "http://proxy:8081/refused-v2": "'unknown directive'" };
  expect(await activated("used", { proxy: true, answers })).toMatchObject({
    stdout: "Nginx refused the configuration; the one before stays in use:\nunknown directive\n",
    exitCode: 1,
  });
});

test("waits for nobody where there is no proxy: it reads the newest release when it starts", async () => {
  expect(await activated("used", { proxy: false, answers: {} })).toEqual({ stdout: "", exitCode: 0, slept: 0 });
});
