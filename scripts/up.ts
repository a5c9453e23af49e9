import { join } from "node:path";
import { Command } from "commander";
import { attempt, lastLines } from "./run";
import { answers } from "./setup/answers";
import { errorsIn, remedyFor, resourceIn } from "./setup/deploy-output";
import { readEnvironment, writeRegistry } from "./setup/override";
import { LOCAL_ENVIRONMENT, type SetupResult, setup } from "./setup/setup";
import type { Report } from "./setup/setup-error";
import { runSteps } from "./setup/steps";
import { waitUntil } from "./setup/wait-until";

const PROJECT = join(__dirname, "..");
const BIN = join(PROJECT, "node_modules", ".bin");
const ANSWER_SECONDS = 60;

async function up(alsoDeploy: boolean): Promise<void> {
  const ready = await setup();
  const { domain, ports, registry } = readEnvironment(LOCAL_ENVIRONMENT);
  if (ready.registry && ready.registry !== registry) writeRegistry(LOCAL_ENVIRONMENT, ready.registry);
  if (!alsoDeploy) return;

  await runSteps([
    { title: "Secrets", run: generateSecrets },
    { title: "Deploy", run: (report) => deploy(ready, report) },
    { title: "Answer", run: (report) => waitForAnswer(domain, ports.https, report) },
  ]);
  const url = `https://${domain}:${ports.https}`;
  const diff = ["npx cdktf diff local", ...lockOptions(ready)].join(" ");
  console.log(`
CHE·NU runs on this machine. Its certificate is self-signed, so a browser asks once.

  ${url}              its pages
  ${url}/api/health   what its backend says of the database and the cache

What to do next:

  npm run up     deploy what you changed; before that, see what it would do:
                 ${diff}
  npm run down   remove everything but the data
`);
}

async function generateSecrets(): Promise<void> {
  const command = ["scripts/secrets.ts", "generate", "local"];
  const { stderr, exitCode } = await attempt(join(BIN, "tsx"), command, { cwd: PROJECT });
  if (exitCode !== 0) throw new Error(lastLines(stderr).replace(/^error: /, ""));
}

/** A lock for all platforms is made from what only a registry has. */
function lockOptions({ provider }: SetupResult): string[] {
  return provider === "mirror" ? ["--skip-provider-lock"] : [];
}

/** Returns what there is to say of it, if nothing happened. */
async function deploy(ready: SetupResult, report: Report): Promise<string | undefined> {
  report("planning");
  const { stdout, stderr, exitCode } = await attempt(
    join(BIN, "cdktf"),
    ["deploy", "local", "--auto-approve", ...lockOptions(ready)],
    {
      cwd: PROJECT,
      env: { PATH: `${BIN}:${process.env.PATH}`, CI: "true", FORCE_COLOR: "0", CHECKPOINT_DISABLE: "1" },
      onLine: (line) => {
        const doing = resourceIn(line);
        if (doing) report(doing);
      },
    },
  );
  if (exitCode === 0) return stdout.includes("No changes.") ? "no changes" : undefined;
  // cdktf sometimes ends before it has shown why a plan failed. Then Terraform is asked again, by itself.
  const stack = join(PROJECT, "cdktf.out", "stacks", "local");
  const plan = async () =>
    (await attempt(ready.terraform, ["plan", "-input=false", "-no-color"], { cwd: stack })).stderr;
  const why = errorsIn(stdout, "local") ?? errorsIn(await plan().catch(() => ""), "local");
  throw new Error([why ?? lastLines(`${stdout}\n${stderr}`), remedyFor(why)].filter(Boolean).join("\n\n"));
}

async function waitForAnswer(domain: string, port: number, report: Report): Promise<void> {
  report(`asking https://${domain}:${port}/api/health`);
  if (await waitUntil(() => answers(domain, port, "/api/health"), ANSWER_SECONDS)) return;
  throw new Error(
    `https://${domain}:${port}/api/health did not answer with 200 within ${ANSWER_SECONDS} seconds\n\n` +
      "What to do: docker ps --all --filter name=chenu-local, then docker logs of what is not healthy",
  );
}

new Command("up")
  .description("Set this machine up and deploy CHE·NU to it; what is there already stays")
  .option("--skip-deploy", "only set the machine up")
  .action(({ skipDeploy }) => up(!skipDeploy))
  .parseAsync()
  .catch((error: Error) => {
    console.error(`\n${error.message}`);
    process.exitCode = 1;
  });
