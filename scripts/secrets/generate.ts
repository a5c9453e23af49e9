import { generation, type Step } from "./generation";
import { inspection, remedy } from "./inspection";
import { neededSecrets } from "./needed-secrets";
import { PrivateFile } from "./private-file";
import { SecretsText } from "./secrets-text";

/**
 * Puts what is missing into an environment's secrets file and says so, without the values.
 *
 * @throws Error when something is left that only a person can correct
 */
export async function generate(environment: string, dryRun: boolean): Promise<void> {
  const { path, secrets } = await neededSecrets(environment);
  const file = new PrivateFile(path);
  const plan = (text: string) => generation(secrets, new SecretsText(text), process.env);
  const mode = file.widerMode;

  let steps = plan(file.read());
  if (!dryRun) {
    if (mode) file.protect();
    if (valuesOf(steps).size > 0) {
      file.update((text) => {
        // Planned again: until now, somebody else could have been writing the file.
        steps = plan(text);
        return new SecretsText(text).with(valuesOf(steps));
      });
    }
  }

  for (const step of steps) console.log(told(step, dryRun));
  if (secrets.length === 0) console.log(`${environment} needs no secrets`);
  if (mode) console.log(`${dryRun ? "would change" : "changed"} the mode of ${path} from ${mode} to 0600`);
  if (dryRun) return;
  if (remedy(inspection(secrets, path, new SecretsText(file.read()), process.env), path, environment)) {
    throw new Error(`not every secret is right; to see what to do, type: npm run secrets -- check ${environment}`);
  }
}

function valuesOf(steps: readonly Step[]): Map<string, string> {
  return new Map(steps.flatMap((step) => (step.does === "generate" ? [[step.name, step.value]] : [])));
}

function told(step: Step, dryRun: boolean): string {
  if (step.does === "keep") return `kept ${step.name}`;
  if (step.does === "leave") return `left ${step.name} to ${step.variable}`;
  if (step.does === "ask") return `did not generate ${step.name}, which ${step.from} gives out`;
  return `${dryRun ? "would generate" : "generated"} ${step.name} (${step.value.length} characters)`;
}
