import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { secretsFile } from "../../stacks/secrets-file";
import { type BackupDescription, isBeside } from "../backups/description";
import { Engine } from "../backups/engine";
import type { SynthesisedStack } from "../synthesised-stack";

/** One backup with its name, as commands take it. */
export type NamedBackup = BackupDescription & { readonly id: string };

/** First part of the names of a database's secrets. */
export function variableOf(id: string): string {
  return id.toUpperCase().replaceAll("-", "_");
}

/** The environment a runbook is about, and the commands that mean it. */
export class Place {
  readonly environment: string;
  readonly system: string;
  /** Lines of the host's pinned keys, for programs that don't read them from the stack. */
  readonly knownHosts: readonly string[];
  private readonly engine: Engine;
  private readonly constructs: readonly string[];
  private readonly secrets: readonly string[];

  constructor(
    stack: SynthesisedStack,
    readonly backups: readonly NamedBackup[],
  ) {
    this.environment = stack.environment;
    this.system = stack.system;
    this.engine = Engine.of(stack);
    const pinned = join(stack.folder, "..", "..", "known_hosts", stack.environment);
    this.knownHosts = existsSync(pinned) ? readFileSync(pinned, "utf8").trim().split("\n") : [];
    this.constructs = Object.values(stack.json.resource?.docker_container ?? {})
      .flatMap(({ labels = [] }) => labels)
      .flatMap(({ label, value }) => (label === "portolan.construct" ? [value] : []));
    this.secrets = Object.keys(stack.json["//"].secrets ?? {});
  }

  get secretsFile(): string {
    return secretsFile(this.system, this.environment);
  }

  get environmentFile(): string {
    return `environments/${this.system}/${this.environment}.json`;
  }

  /** Where a recovery key is while it is made or used. git ignores it. */
  get recoveryKeyFile(): string {
    return `${this.secretsFile}.recovery-key`;
  }

  get ssh(): string | undefined {
    const { username, hostname, port } = new URL(this.engine.address);
    return this.engine.isRemote ? `ssh -p ${port || 22} ${username}@${hostname}` : undefined;
  }

  /** Removes secrets from the file, so that new ones can be made. */
  forget(...names: string[]): string {
    return `perl -ni -e 'print unless /^(${names.join("|")})=/' ${this.secretsFile}`;
  }

  /** A command of this project. The system is always named: without it, another system's database could be meant. */
  npm(script: string, ...words: string[]): string {
    return [`PORTOLAN_SYSTEM=${this.system} npm run`, script, "--", ...words].join(" ");
  }

  /** Asks for the environment's name before it changes anything. */
  get deploy(): string {
    return this.npm("deploy", this.environment);
  }

  restore(backup: NamedBackup, ...words: string[]): string {
    return this.npm("restore", this.environment, backup.id, ...words);
  }

  backup(verb: string, backup?: NamedBackup, ...words: string[]): string {
    return this.npm("backup", verb, this.environment, ...(backup ? [backup.id] : []), ...words);
  }

  /**
   * What makes `docker` mean the environment's engine, as first lines of a block. On another host, `docker` runs there: the
   * machine that this is pasted on may have none. Without -n, ssh would read what is pasted after it.
   */
  get dockerHost(): string[] {
    if (this.ssh) {
      return [
        "docker() {",
        `  case " $* " in *" --interactive "*) set -- "" "$@" ;; *) set -- -n "$@" ;; esac`,
        "  INPUT=$1; shift",
        `  ${this.ssh.replace("ssh", "ssh $INPUT")} "docker $(for word; do printf "'%s' " "$(printf %s "$word" | sed "s/'/'\\"'\\"'/g")"; done)"`,
        "}",
      ];
    }
    return this.engine.address === "unix:///var/run/docker.sock" ? [] : [`export DOCKER_HOST=${this.engine.address}`];
  }

  /** What brings one back whose others stay as they are, whatever those have. */
  alone(backup: NamedBackup): string[] {
    return this.hasOthers(backup) ? ["--alone"] : [];
  }

  /** Whether backups of others belong to it. */
  hasOthers(backup: NamedBackup): boolean {
    return this.backups.some((other) => other !== backup && isBeside(backup, other));
  }

  get label(): string {
    return `portolan.environment=${this.system}/${this.environment}`;
  }

  /** Secrets that applications and their release jobs reach a database's server with. */
  passwordsOf({ id }: NamedBackup): string[] {
    const variable = variableOf(id);
    return [`${variable}_ROWS_PASSWORD`, `${variable}_PASSWORD`].filter((name) => this.secrets.includes(name));
  }

  /** Constructs of the jobs that a database's server needs to have run. */
  jobsOf({ id }: NamedBackup): string[] {
    const path = `${this.environment}/${id}/`;
    return this.constructs.filter((construct) => construct.startsWith(path) && !construct.startsWith(`${path}backup`));
  }
}
