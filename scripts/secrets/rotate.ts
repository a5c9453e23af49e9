import { BackupContainer, VerbFailed } from "../backups/backup-container";
import { type BackupDescription, backupsOf } from "../backups/description";
import { Engine } from "../backups/engine";
import { npmRun } from "../backups/program";
import { confirm } from "../confirm";
import { type SynthesisedStack, withStack } from "../synthesised-stack";
import { randomValue } from "./generation";
import { readRecoveryKey } from "./recovery-key";
import { RepositorySecret } from "./repository-secret";

interface Options {
  /** Take the old password away. */
  readonly finish?: boolean;
  /** File of the recovery key, where nothing else opens the repositories. */
  readonly recoveryKey?: string;
  /** The old password is nowhere, and its repositories are given up. */
  readonly lost?: boolean;
  readonly yes?: string;
}

/** What `keys --status` says of a password. */
interface Status {
  /** It is the one that the backup container has. */
  readonly own: boolean;
  readonly places: Readonly<Record<string, "opens" | "locked" | "none">>;
  /** Others that open a repository, but for the container's own and the recovery key. */
  readonly others: number;
}

const LENGTH = 32;

/** Exit code of the verb where a server lets no password be removed. */
const REFUSED = 19;

/**
 * Changes the password of a database's repositories, or of all: a new one is added beside the old, the deploy brings it to
 * the host, and with `finish` the old one goes, once the new one is proved. Each step may be interrupted and typed again.
 */
export async function rotate(environment: string, name: string | undefined, options: Options): Promise<void> {
  await withStack(environment, async (stack) => {
    const backups = backupsOf(stack, name);
    if (options.lost) await confirm(environment, options.yes);
    for (const [id, backup] of backups) {
      console.error(`${id}:`);
      const secret = new RepositorySecret(stack, backup);
      if (options.lost) secret.replace(randomValue(LENGTH));
      else if (options.finish) await finish(stack, id, backup, secret);
      else await begin(stack, id, backup, secret, options.recoveryKey);
    }
    if (options.finish) {
      console.log(
        "Only the new password opens the backups now, beside the recovery key. Keep it in your password manager.",
      );
      return;
    }
    console.log(
      options.lost
        ? `There is a new password. To bring it to the host, type: ${npmRun("deploy", environment)}`
        : `The new password opens every backup, like the old one. Keep it in your password manager. To go on, type:\n  ${npmRun("deploy", environment)}\n  ${npmRun("secrets", "rotate", environment, ...(name ? [name] : []), "--finish")}`,
    );
  });
}

async function begin(
  stack: SynthesisedStack,
  id: string,
  backup: BackupDescription,
  secret: RepositorySecret,
  recoveryKey?: string,
): Promise<void> {
  const container = await BackupContainer.find(Engine.of(stack), backup, stack.environment);
  if (secret.next === undefined) {
    const { own, places, others } = await status(container, secret.value ?? "none");
    const answers = Object.values(places);
    if (own && others > 0) {
      throw new Error(
        `the rotation before was not finished; type: ${npmRun("secrets", "rotate", stack.environment, id, "--finish")}`,
      );
    }
    if (!own && answers.includes("opens") && !answers.includes("locked")) {
      throw new Error(
        `${secret.name} was rotated, but not deployed yet; type: ${npmRun("deploy", stack.environment)}, then: ${npmRun("secrets", "rotate", stack.environment, id, "--finish")}`,
      );
    }
    // On the disk before a repository knows it: a password that opens something is never only in this process.
    secret.next = randomValue(LENGTH);
  }
  const next = secret.next as string;
  const opener = recoveryKey === undefined ? "" : readRecoveryKey(recoveryKey);
  await container.verbWith([next, opener], "keys", "--add", "--wait", "600");
  secret.replace(next);
}

async function finish(
  stack: SynthesisedStack,
  id: string,
  backup: BackupDescription,
  secret: RepositorySecret,
): Promise<void> {
  const again = npmRun("secrets", "rotate", stack.environment, id);
  if (secret.next !== undefined) throw new Error(`the rotation of ${secret.name} was interrupted; type: ${again}`);
  const container = await BackupContainer.find(Engine.of(stack), backup, stack.environment);
  const { own } = await status(container, secret.value ?? "none");
  if (!own) {
    throw new Error(
      `the host does not have ${secret.name} as it is here; type: ${npmRun("deploy", stack.environment)}, then: ${again} --finish`,
    );
  }
  try {
    await container.verbWith([], "keys", "--retire", "--wait", "600");
  } catch (error) {
    if (!(error instanceof VerbFailed) || error.exitCode !== REFUSED) throw error;
    const command = npmRun("backup", "from-here", stack.environment, "retire-passwords", id, "--keys", "<file>");
    throw new Error(
      `the old ${secret.name} still opens a repository that is append-only for the host; to take it away, type on a machine that has a key which may remove: ${command}`,
    );
  }
}

async function status(container: BackupContainer, password: string): Promise<Status> {
  return JSON.parse(await container.verbWith([password], "keys", "--status"));
}
