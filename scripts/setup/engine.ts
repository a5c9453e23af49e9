import { spawn } from "node:child_process";
import { existsSync, openSync, readFileSync } from "node:fs";
import { lastLines, run, succeeds } from "../run";
import { installed, installPackages } from "./debian";
import { type Report, SetupError } from "./setup-error";
import { waitUntil } from "./wait-until";

const PIECE = "Docker Engine";
const LOG = "/var/log/portolan-dockerd.log";
const START_SECONDS = 60;

/** Sees to a Docker Engine that answers: the one that runs, the one that is installed, or Debian's. */
export async function ensureEngine(report: Report): Promise<void> {
  if (await answers()) return;
  if (process.env.DOCKER_HOST) {
    throw new SetupError(
      PIECE,
      `no answer from DOCKER_HOST=${process.env.DOCKER_HOST}`,
      "start it, or unset DOCKER_HOST",
    );
  }
  if (!installed("dockerd")) {
    await installPackages(PIECE, ["docker.io", "iptables", "containerd", "runc", "ca-certificates"], report);
  }
  // Newer Debian releases have the command line apart from the engine.
  if (!installed("docker")) await installPackages(PIECE, ["docker-cli"], report);
  if (await answers()) return;
  if (process.getuid?.() !== 0) {
    throw new SetupError(
      PIECE,
      await whyNot(),
      "sudo systemctl start docker && sudo usermod -aG docker $USER, then log in again",
    );
  }
  report("starting dockerd");
  if (existsSync("/run/systemd/system")) await startWithSystemd();
  else await startDetached();
}

function answers(): Promise<boolean> {
  return succeeds("docker", ["info"]);
}

async function whyNot(): Promise<string> {
  const failure = await run("docker", ["info"]).catch((error: Error) => error);
  return failure instanceof Error ? failure.message : "it does not answer";
}

async function startWithSystemd(): Promise<void> {
  const started = await succeeds("systemctl", ["enable", "--now", "docker"]);
  if (started && (await waitUntil(answers, START_SECONDS))) return;
  throw new SetupError(PIECE, "systemd could not start it", "journalctl --unit docker --lines 50");
}

/** Without systemd: in a session of its own, so that the engine outlives this process. */
async function startDetached(): Promise<void> {
  const log = openSync(LOG, "w");
  const dockerd = spawn("dockerd", [], { detached: true, stdio: ["ignore", log, log] });
  let gone = false;
  dockerd.on("exit", () => (gone = true)).on("error", () => (gone = true));
  dockerd.unref();
  const settled = await waitUntil(async () => gone || (await answers()), START_SECONDS);
  if (settled && !gone) return;
  throw new SetupError(
    PIECE,
    `dockerd did not come up; it last said:\n${lastLines(readFileSync(LOG, "utf8"))}`,
    `less ${LOG}`,
  );
}
