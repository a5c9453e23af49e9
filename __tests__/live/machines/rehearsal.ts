import { type Finished, lastLines } from "../../../scripts/run";
import type { Deployment } from "../deployment";
import { Load, type LoadResult } from "../load";
import { Operator } from "../operate/operator";
import { publish } from "../releases";

/** A step of a rehearsal; says in a few words what it saw, and throws when that isn't what it should be. */
export type Step = (deployment: Deployment) => Promise<string>;

/** What every engine has to go through with CHE·NU, in this order. */
export const STEPS: Readonly<Record<string, Step>> = {
  deploy: (deployment) => release(deployment, "good"),
  "second plan empty": secondPlan,
  "redeploy under load": redeployUnderLoad,
  backup: async (deployment) => {
    await threads(deployment, "Kept");
    return typed(operator(deployment).backup("now", deployment.name));
  },
  verify: (deployment) => typed(operator(deployment).backup("verify", deployment.name, "db")),
  restore,
};

/** Sees to the releases that the steps deploy. */
export async function publishReleases(): Promise<void> {
  await publish("good");
  await publish("better");
  await publish("broken", { fail: "500" });
}

async function secondPlan(deployment: Deployment): Promise<string> {
  const diff = await deployment.diff();
  if (!diff.stdout.includes("No changes.")) throw failure("the second plan is not empty", diff);
  const own = await operator(deployment).deploy();
  if (!/Plan: no changes/.test(own.stdout)) throw failure("our own second deploy changes something", own);
  return "no changes";
}

/** By our own command, where the first deploy was cdktf's. */
async function redeployUnderLoad(deployment: Deployment): Promise<string> {
  const load = await Load.start(deployment, 200);
  let result: LoadResult;
  try {
    await load.more(400);
    deployment.configure({ release: "broken" });
    const broken = await operator(deployment).deploy();
    if (broken.exitCode === 0) throw failure("a release that answers 500 was deployed", broken);
    await serves(deployment, "good");
    deployment.configure({ release: "better" });
    await typed(operator(deployment).deploy());
    await serves(deployment, "better");
    await load.more(400);
  } finally {
    result = await load.stop();
  }
  const { requests, failed, failures } = result;
  if (failed > 0) throw new Error(`${failed} of ${requests} requests failed: ${failures.join("; ")}`);
  return `${failed} of ${requests} lost`;
}

async function restore(deployment: Deployment): Promise<string> {
  const operated = operator(deployment);
  const there = await operated.sql("SELECT count(*) FROM threads");
  await operated.sql("DELETE FROM threads");
  await typed(operated.restore("--in-place", "--yes", deployment.name));
  const back = await operated.sql("SELECT count(*) FROM threads");
  if (back !== there) throw new Error(`${there} rows were there, ${back} came back`);
  await typed(operated.restore("--drop-old", "--yes", deployment.name));
  await serves(deployment, "better");
  return `${back} rows`;
}

async function release(deployment: Deployment, name: string): Promise<string> {
  deployment.configure({ release: name });
  await deployment.mustDeploy();
  await serves(deployment, name);
  return `serves ${name}`;
}

async function serves(deployment: Deployment, name: string): Promise<void> {
  const { status, body } = await deployment.ask("/api/health");
  if (status !== 200 || JSON.parse(body).version !== name)
    throw new Error(`not ${name} serves, but: ${status} ${body}`);
}

async function threads(deployment: Deployment, title: string): Promise<void> {
  const body = { title, founding_intent: "To be read again", sphere_id: "personal" };
  const { status, body: said } = await deployment.ask("/api/v1/threads", { method: "POST", body });
  if (status !== 201) throw new Error(`a thread was not kept: ${status} ${said}`);
}

function operator(deployment: Deployment): Operator {
  return new Operator(deployment);
}

async function typed(command: Promise<Finished>): Promise<string> {
  const finished = await command;
  if (finished.exitCode !== 0) throw failure(`exit code ${finished.exitCode}`, finished);
  return "done";
}

function failure(what: string, { stdout, stderr }: Finished): Error {
  return new Error(`${what}\n${lastLines(stdout + stderr, 30)}`);
}
