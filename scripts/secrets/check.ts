import { inspection, remedy } from "./inspection";
import { neededSecrets } from "./needed-secrets";
import { PrivateFile } from "./private-file";
import { SecretsText } from "./secrets-text";

/**
 * Shows where each secret of an environment comes from and what is wrong with it, without the values.
 *
 * @throws Error with what to type when a plan would fail
 */
export async function check(environment: string): Promise<void> {
  const { path, secrets } = await neededSecrets(environment);
  const file = new PrivateFile(path);
  const found = inspection(secrets, path, new SecretsText(file.read()), process.env);

  const width = Math.max(...secrets.map(({ name }) => name.length));
  for (const { name, is } of found.states) console.log(`${name.padEnd(width)}  ${is}`);
  if (secrets.length === 0) console.log(`${environment} needs no secrets`);
  for (const { number, mistake } of found.mistakes) console.log(`line ${number} of ${path} ${mistake}`);

  for (const warning of found.warnings) console.error(`warning: ${warning}`);
  const mode = file.widerMode;
  if (mode) console.error(`warning: others may read ${path} (mode ${mode}); type: chmod 600 ${path}`);

  const todo = remedy(found, path, environment);
  if (todo) throw new Error(`${environment} cannot be deployed with these secrets; ${todo}`);
}
