import { join } from "node:path";
import { Command } from "commander";
import { deploy } from "./deploy/deploy";
import { heedInterruption } from "./interruption";
import { attempt, lastLines } from "./run";
import { answers } from "./setup/answers";
import { LOCAL_REGISTRY } from "./setup/images/registry";
import { readEnvironment, writeImages } from "./setup/override";
import { LOCAL_ENVIRONMENT, setup } from "./setup/setup";
import type { Report } from "./setup/setup-error";
import { runSteps } from "./setup/steps";
import { waitUntil } from "./setup/wait-until";

const PROJECT = join(__dirname, "..");
const BIN = join(PROJECT, "node_modules", ".bin");
/** Stand-ins have other digests than what they stand for. Git does not see it. */
const STAND_INS_LOCK = "images.lock.override.json";
const ANSWER_SECONDS = 60;

async function up(alsoDeploy: boolean): Promise<void> {
  const ready = await setup();
  const { domain, ports, registry, imagesLock } = readEnvironment(LOCAL_ENVIRONMENT);
  if (ready.registry === LOCAL_REGISTRY && !imagesLock) {
    writeImages(LOCAL_ENVIRONMENT, { registry: LOCAL_REGISTRY, imagesLock: STAND_INS_LOCK });
  } else if (ready.registry && ready.registry !== registry) {
    writeImages(LOCAL_ENVIRONMENT, { registry: ready.registry });
  }
  if (!alsoDeploy) return;

  await runSteps([{ title: "Secrets", run: generateSecrets }]);
  await deploy("local", { yes: "local" });
  await runSteps([{ title: "Answer", run: (report) => waitForAnswer(domain, ports.https, report) }]);
  const url = `https://${domain}:${ports.https}`;
  console.log(`
CHE·NU runs on this machine. Its certificate is self-signed, so a browser asks once.

  ${url}              its pages
  ${url}/api/health   what its backend says of the database and the cache

What to do next:

  npm run deploy -- local   deploy what you changed; shows what it would do, and asks
  npm run down              remove everything but the data
`);
}

async function generateSecrets(): Promise<void> {
  const command = ["scripts/secrets.ts", "generate", "local"];
  const { stderr, exitCode } = await attempt(join(BIN, "tsx"), command, { cwd: PROJECT });
  if (exitCode !== 0) throw new Error(lastLines(stderr).replace(/^error: /, ""));
}

async function waitForAnswer(domain: string, port: number, report: Report): Promise<void> {
  report(`asking https://${domain}:${port}/api/health`);
  if (await waitUntil(() => answers(domain, port, "/api/health"), ANSWER_SECONDS)) return;
  throw new Error(
    `https://${domain}:${port}/api/health did not answer with 200 within ${ANSWER_SECONDS} seconds\n\n` +
      "What to do: docker ps --all --filter name=chenu-local, then docker logs of what is not healthy",
  );
}

heedInterruption();
new Command("up")
  .description("Set this machine up and deploy CHE·NU to it; what is there already stays")
  .option("--skip-deploy", "only set the machine up")
  .action(({ skipDeploy }) => up(!skipDeploy))
  .parseAsync()
  .catch((error: Error) => {
    console.error(`\n${error.message}`);
    process.exitCode = 1;
  });
