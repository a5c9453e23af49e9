import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Engine } from "../backups/engine";
import { confirm } from "../confirm";
import { interruption } from "../interruption";
import type { Report } from "../setup/setup-error";
import { runSteps } from "../setup/steps";
import { type SynthesisedStack, synthesise } from "../synthesised-stack";
import { needTerraform } from "../terraform/binary";
import { type Plan, Terraform } from "../terraform/terraform";
import { checkHost } from "./check-host";
import { checkOwner } from "./check-owner";
import { pullLocked, shortened, unlockedIn } from "./locked-images";
import { remedyFor } from "./remedy";
import { ResourceNames } from "./resource-names";

/** Terraform's words for changes, as people say them; anything else stands as it is. */
const ACTIONS: Readonly<Record<string, string>> = {
  create: "creating",
  delete: "destroying",
  update: "changing",
  read: "reading",
};

/**
 * Brings an environment to what the code says, as `cdktf deploy` does, with a look at the host before anything is planned.
 *
 * @param options.yes the environment's name, to go on without asking for it
 * @param options.only path of a construct: nothing but what it is made of, and what that depends on
 */
export async function deploy(
  environment: string,
  { yes, only }: { readonly yes?: string; readonly only?: string } = {},
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "portolan-plan-"));
  // A plan holds the secrets: in a folder that nobody else enters, until the deploy has ended.
  const file = join(folder, "plan");
  try {
    const prepared = await prepare(environment, file, only);
    for (const line of await linesOfImages(prepared, file)) console.error(line);
    if (prepared.plan.changes.length === 0) return;
    if (yes === undefined) console.error(changesIn(prepared));
    await confirm(environment, yes);
    await runSteps([{ title: "Deploy", run: (report) => pullAndApply(prepared, file, report) }]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Prepared {
  readonly stack: SynthesisedStack;
  readonly terraform: Terraform;
  readonly names: ResourceNames;
  readonly plan: Plan;
}

async function prepare(environment: string, file: string, only?: string): Promise<Prepared> {
  let prepared: Prepared | undefined;
  await runSteps([
    {
      title: "Plan",
      run: async (report) => {
        const binary = await needTerraform();
        report("synthesising");
        const stack = await synthesise(environment);
        const terraform = new Terraform(binary, stack.folder);
        report("looking at the host");
        await Promise.all([checkHost(stack).then(() => checkOwner(stack)), terraform.init()]);
        interruption.throwIfAborted();
        report("planning");
        const names = new ResourceNames(stack);
        const targets = only === undefined ? [] : names.addressesIn(only);
        const plan = await withRemedy(terraform.plan(file, { targets }));
        await refuseForgotten(stack, terraform, plan);
        prepared = { stack, terraform, names, plan };
        return plan.changes.length === 0 ? "no changes" : plan.summary.replace(/^Plan: |\.$/g, "");
      },
    },
  ]);
  return prepared as Prepared;
}

/** A state that was moved without its content would have everything made again, beside what is there. */
async function refuseForgotten(stack: SynthesisedStack, terraform: Terraform, { changes }: Plan): Promise<void> {
  // Outputs are on no host, and count as changed where they are new.
  const resources = changes.filter(({ address }) => !address.startsWith("output."));
  const makesEverything = resources.length > 0 && resources.every(({ action }) => action === "create");
  if (!makesEverything || (await terraform.stateList()).length > 0) return;
  const label = `portolan.environment=${stack.system}/${stack.environment}`;
  const there = await Engine.of(stack).ask("ps", "--all", "--filter", `label=${label}`, "--format", "{{.Names}}");
  if (there === "") return;
  throw new Error(
    `the host has containers of ${stack.system}/${stack.environment}, like ${there.split("\n")[0]}, and the state knows nothing of ` +
      "them; use the state that does (its file or bucket, see docs/environments.md), or to move it there, in " +
      `cdktf.out/stacks/${stack.environment}, type: terraform init -migrate-state`,
  );
}

/** Which images are exchanged, and what no digest is locked for. */
async function linesOfImages({ stack, terraform, plan, names }: Prepared, file: string): Promise<string[]> {
  const exchanges = plan.changes.some(
    ({ address, action }) => address.startsWith("docker_image.") && action === "replace",
  );
  const exchanged = exchanges ? await terraform.exchangedImages(file) : [];
  const unlocked = unlockedIn(stack);
  return [
    ...exchanged.map(
      ({ address, before, after }) => `${names.of(address)}: ${shortened(before)} -> ${shortened(after)}`,
    ),
    ...(unlocked ? [unlocked] : []),
  ];
}

async function pullAndApply(prepared: Prepared, file: string, report: Report): Promise<void> {
  report("pulling");
  await pullLocked(prepared.stack);
  await apply(prepared, file, report);
}

async function apply({ terraform, names }: Prepared, file: string, report: Report): Promise<void> {
  await withRemedy(
    terraform.apply(file, (event) => {
      if (event.kind === "doing") report(`${ACTIONS[event.action] ?? event.action} ${names.of(event.address)}`);
    }),
  );
}

function changesIn({ plan, names, stack }: Prepared): string {
  const lines = plan.changes.map(({ action, address }) => `  ${action.padEnd(8)} ${names.of(address)}`);
  return `\n${stack.system}/${stack.environment} will change:\n\n${lines.sort().join("\n")}`;
}

/** Terraform's own error, with what to type where it doesn't say. */
async function withRemedy<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const { message } = error as Error;
    throw new Error([message, remedyFor(message)].filter(Boolean).join("\n\n"));
  }
}
