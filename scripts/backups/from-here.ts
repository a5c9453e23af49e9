import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { attempt, run } from "../run";
import { PrivateFile } from "../secrets/private-file";
import { RepositorySecret } from "../secrets/repository-secret";
import { SecretsText } from "../secrets/secrets-text";
import { type Build, type SynthesisedStack, withStack } from "../synthesised-stack";
import { VerbFailed } from "./backup-container";
import { type BackupDescription, backupsOf } from "./description";

interface Options {
  /** File with keys that the host does not have. */
  readonly keys?: string;
  /** Where the same repositories are reached from this machine, without the backup's name at the end. */
  readonly repository?: string;
}

/** What can be done from here, as a verb of the backup container. */
export const WORKS = {
  list: ["list"],
  check: ["check", "--all"],
  prune: ["forget"],
  "retire-passwords": ["keys", "--retire"],
} as const;

/** The files that hold a repository's keys in the container, and their names in the file of keys. */
const KEYS: readonly [RegExp, Readonly<Record<string, string>>][] = [
  [/^s3:/, { "aws-access-key-id": "ACCESS_KEY_ID", "aws-secret-access-key": "SECRET_ACCESS_KEY" }],
  [/^rest:/, { "rest-username": "USERNAME", "rest-password": "HTTP_PASSWORD" }],
  [/^\//, {}],
];

/** Secrets come on standard input, so that neither a command line nor `docker inspect` has them. */
const TAKE_SECRETS = `
  umask 077
  mkdir /tmp/secrets
  while read -r file value; do printf %s "$value" | base64 --decode >"/tmp/secrets/$file"; done
  exec "$@" </dev/null`;

/**
 * Works on repositories from this machine instead of the host, with keys that the host does not have: what is append-only
 * for the host is pruned so.
 */
export async function fromHere(
  environment: string,
  work: keyof typeof WORKS,
  name: string | undefined,
  options: Options,
): Promise<void> {
  await withStack(environment, async (stack) => {
    let failure: VerbFailed | undefined;
    for (const [id, backup] of backupsOf(stack, name)) {
      const { exitCode, stdout, stderr } = await workOn(stack, backup, WORKS[work], options);
      process.stderr.write(`${id}:\n${stderr}`);
      process.stdout.write(stdout);
      if (exitCode !== 0) failure ??= new VerbFailed(work, exitCode, stderr);
    }
    if (failure) throw failure;
  });
}

async function workOn(
  stack: SynthesisedStack,
  backup: BackupDescription,
  verb: readonly string[],
  { keys, repository }: Options,
) {
  const address = repository
    ? `${repository.replace(/\/$/, "")}/${backup.name}`
    : (backup.offsite ?? backup.repository);
  const [, names] = KEYS.find(([kind]) => kind.test(address)) ?? [];
  if (!names || (address.startsWith("/") && !repository)) {
    throw new Error(
      `${address} cannot be worked on from here; on the machine that has it, name its folder: --repository /folder`,
    );
  }
  const secret = new RepositorySecret(stack, backup);
  if (!secret.value) throw new Error(`${secret.name} is neither in ${secret.path} nor in a variable`);
  if (keys && !existsSync(keys)) throw new Error(`there is no file ${keys}`);
  const text = new SecretsText(keys ? new PrivateFile(keys).read() : "");
  const secrets = { "repository-password": secret.value, ...keysIn(text, names, address, keys) };
  const input = Object.entries(secrets).map(([file, value]) => `${file} ${Buffer.from(value).toString("base64")}\n`);
  const command = ["run", ...options(backup, address), await image(stack), "sh", "-c", TAKE_SECRETS, "-", ...verb];
  return attempt("docker", command, { input: input.join("") });
}

/** @throws Error when S3's are missing; a REST server may ask for none */
function keysIn(text: SecretsText, names: Readonly<Record<string, string>>, address: string, path = "--keys <file>") {
  return Object.fromEntries(
    Object.entries(names).flatMap(([file, name]) => {
      const value = text.find(name)?.value;
      if (!value && address.startsWith("s3:")) throw new Error(`${path} has no ${name}; it is a line like ${name}="…"`);
      return value ? [[file, value]] : [];
    }),
  );
}

/** As locked down as the one on the host, but with nothing that stays. */
function options({ name, timeZone, keep }: BackupDescription, address: string): string[] {
  const folder = address.startsWith("/") ? address : undefined;
  const { uid, gid } = folder ? statSync(folder) : { uid: 999, gid: 999 };
  const environment = {
    ...{ NAME: name, TZ: timeZone, KEEP: keep, REPOSITORY: folder ? "/repository" : address },
    ...{ SECRETS: "/tmp/secrets", STATE: "/tmp/state", METRICS: "/tmp" },
    // It does not read the data itself.
    ...{ ENGINE: "files", FILES: "/none" },
  };
  return [
    ...["--rm", "--interactive", "--init", "--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"],
    ...["--tmpfs", "/tmp:rw,noexec,nosuid,mode=1777", "--user", `${uid}:${gid}`],
    ...(folder ? ["--volume", `${folder}:/repository`] : []),
    ...Object.entries(environment).flatMap(([variable, value]) => ["--env", `${variable}=${value}`]),
    ...["--env", "AWS_DEFAULT_REGION"],
  ];
}

/** The host's, made here of the same locked bases: the one on the host may be an intruder's. */
async function image({ json, folder }: SynthesisedStack): Promise<string> {
  const builds = Object.values(json.resource?.docker_image ?? {}).flatMap(({ build }) => (build ? [build] : []));
  const { context, dockerfile, build_args } = builds.find(({ build_args }) => build_args?.BASE) as Build;
  const source = join(folder, context);
  const args = Object.entries(build_args ?? {}).flatMap(([name, value]) => ["--build-arg", `${name}=${value}`]);
  const file = ["--file", join(source, dockerfile ?? "Dockerfile")];
  return (await run("docker", ["build", "--quiet", ...file, ...args, source])).stdout.trim();
}
