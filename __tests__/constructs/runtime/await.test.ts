import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { attempt } from "../../../scripts/run";

const SCRIPT = join(__dirname, "..", "..", "..", "constructs", "runtime", "await.sh");

/** Answers for one container; writes down that it was stopped. */
const DOCKER = `#!/bin/sh
case $1 in
  inspect)
    printf '%s\\n' "$3" | sed -e "s|{{.Name}}|/shop-test-api|" -e "s|{{.State.Status}}|$STATUS|" \\
      -e "s|{{.State.Health.Status}}|\${HEALTH-}|" -e "s|{{.RestartCount}}|\${RESTARTS-0}|" \\
      -e "s|{{.State.ExitCode}}|\${EXIT-0}|" -e "s|{{index .Config.Healthcheck.Test 0}}|CMD-SHELL|" \\
      -e "s|{{index .Config.Healthcheck.Test 1}}|\${CHECK-false}|" ;;
  exec) shift 2; exec "$@" ;;
  logs) echo 'no database' | tail -n "$3" ;;
  stop) echo "$2" >"$STOPPED" ;;
esac
`;

/** What the script says of a container in some state, how it ends, and whether it stopped the container. */
async function awaited(goal: string, container: Record<string, string>, seconds = "5") {
  const folder = mkdtempSync(join(tmpdir(), "portolan-"));
  try {
    writeFileSync(join(folder, "docker"), DOCKER);
    chmodSync(join(folder, "docker"), 0o755);
    const stopped = join(folder, "stopped");
    const { stdout, exitCode } = await attempt("sh", [SCRIPT, goal, "c0ffee", seconds], {
      env: { ...container, PATH: `${folder}:${process.env.PATH}`, STOPPED: stopped },
    });
    return { stdout, exitCode, stopped: existsSync(stopped) && readFileSync(stopped, "utf8") };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const REACHED = { stdout: "", exitCode: 0, stopped: false };

function failed(reason: string) {
  return {
    stdout: `shop-test-api ${reason}. Its last log lines:\n  | no database\n`,
    exitCode: 1,
    stopped: "c0ffee\n",
  };
}

test("goes on once a container is healthy", async () => {
  expect(await awaited("healthy", { STATUS: "running", HEALTH: "healthy" })).toEqual(REACHED);
});

test("asks a container itself before Docker's first check is due", async () => {
  expect(await awaited("healthy", { STATUS: "running", HEALTH: "starting", CHECK: "true" })).toEqual(REACHED);
});

test("goes on once a job is done", async () => {
  expect(await awaited("completed", { STATUS: "exited", EXIT: "0" })).toEqual(REACHED);
});

test.each([
  ["is unhealthy", "healthy", { STATUS: "running", HEALTH: "unhealthy" }],
  ["stopped with exit code 3", "healthy", { STATUS: "exited", HEALTH: "unhealthy", EXIT: "3" }],
  [
    "keeps stopping with exit code 3",
    "healthy",
    { STATUS: "restarting", HEALTH: "starting", RESTARTS: "3", EXIT: "3" },
  ],
  ["keeps stopping with exit code 1", "healthy", { STATUS: "running", HEALTH: "starting", RESTARTS: "12", EXIT: "1" }],
  ["failed with exit code 1", "completed", { STATUS: "exited", EXIT: "1" }],
  ["failed with exit code 137", "completed", { STATUS: "dead", EXIT: "137" }],
])("says that a container %s, with its last log lines, and stops it", async (reason, goal, container) => {
  expect(await awaited(goal, container)).toEqual(failed(reason));
});

test.each(["healthy", "completed"])("gives up on a container that is not %s in time", async (goal) => {
  expect(await awaited(goal, { STATUS: "running", HEALTH: "starting" }, "1")).toEqual(
    failed(`was not ${goal} within 1 seconds`),
  );
});
