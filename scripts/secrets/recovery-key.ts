import { BackupContainer } from "../backups/backup-container";
import { backupsOf } from "../backups/description";
import { Engine } from "../backups/engine";
import { withStack } from "../synthesised-stack";
import { randomValue } from "./generation";
import { PrivateFile } from "./private-file";
import { SecretsText } from "./secrets-text";

const NAME = "RECOVERY_KEY";

/**
 * Lets one more password open every repository, for the day when all others are lost: it is made once, written to a file,
 * and kept where no machine is. A file that is there already is used again, for databases that came later.
 */
export async function recoveryKey(environment: string, name: string | undefined, path: string): Promise<void> {
  await withStack(environment, async (stack) => {
    const file = new PrivateFile(path);
    const backups = backupsOf(stack, name);
    if (file.read() === "") {
      const about = `# Opens every backup of ${stack.system}, ${environment}, like a password. Keep it offline.`;
      file.update(() => `${about}\n${NAME}="${randomValue(32)}"\n`);
    }
    const key = readRecoveryKey(path);
    for (const [id, backup] of backups) {
      console.error(`${id}:`);
      const container = await BackupContainer.find(Engine.of(stack), backup, environment);
      await container.verbWith([key], "keys", "--recovery", "--wait", "600");
    }
    console.log(
      `The key in ${path} opens every backup, and no recovery key from before does. Print it, or copy it to a drive that you lock away; then type: rm ${path}`,
    );
  });
}

/** @throws Error when the file has none */
export function readRecoveryKey(path: string): string {
  const key = new SecretsText(new PrivateFile(path).read()).find(NAME)?.value;
  if (!key) throw new Error(`${path} has no recovery key; it is a line like ${NAME}="…"`);
  return key;
}
