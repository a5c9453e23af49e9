import { createHash, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { attempt, run } from "../../../scripts/run";
import { copyOldest, setAside } from "../../../scripts/runbook/taken-over";
import { eventually } from "../eventually";
import { NETWORK, official } from "./backup-container";
import { rcloneImage, versitygwImage } from "./s3-server";

const DOCS = join(__dirname, "..", "..", "..", "docs", "backups.md");

/** A server that lets the host add files and remove none, and its owner do everything. */
export interface AppendOnlyServer {
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Of the folder that has a repository for each backup. */
  readonly address: string;
  readonly keys: Readonly<Record<string, string>>;
  /** Tries, with the host's keys and no restic, to destroy a repository; returns what was refused. */
  destroy(repository: string): Promise<readonly string[]>;
  /** Gets a repository back, by its owner, as it was before a moment; returns where it is then, for whom. */
  rescue(repository: string, at: string): Promise<{ address: string; keys: Readonly<Record<string, string>> }>;
}

/** restic's rest-server, and beside it one for its owner that reaches the same files. */
export class RestServer implements AppendOnlyServer {
  readonly keys = {};
  private readonly name = "portolan-t-append-rest";
  private readonly owner = `${this.name}-owner`;
  readonly address = `rest:http://${this.name}:8000`;

  async start(): Promise<void> {
    await this.stop();
    for (const [name, options] of [
      [this.name, "--append-only"],
      [this.owner, ""],
    ] as const) {
      const env = ["--env", "DISABLE_AUTHENTICATION=1", "--env", `OPTIONS=${options}`];
      const volume = ["--volume", `${this.name}:/data`];
      const image = official("restic/rest-server:0.14.0");
      await run("docker", ["run", "--detach", "--name", name, "--network", NETWORK, ...env, ...volume, image]);
    }
  }

  async stop(): Promise<void> {
    await attempt("docker", ["rm", "--force", "--volumes", this.name, this.owner]);
    await attempt("docker", ["volume", "rm", this.name]);
  }

  async destroy(repository: string): Promise<string[]> {
    const format = `{{(index .NetworkSettings.Networks "${NETWORK}").IPAddress}}`;
    const { stdout } = await run("docker", ["inspect", "--format", format, this.name]);
    const root = `http://${stdout.trim()}:8000/${repository}`;
    const files = [`${root}/`, `${root}/config`];
    for (const kind of ["data", "index", "keys", "snapshots"]) {
      const answer = await fetch(`${root}/${kind}/`, { headers: { Accept: "application/vnd.x.restic.rest.v2" } });
      const names = (await answer.json()) as { name: string }[];
      files.push(...names.map(({ name }) => `${root}/${kind}/${name}`));
    }
    const refused: string[] = [];
    for (const file of files) {
      for (const method of ["DELETE", "POST"]) {
        const { ok, status } = await fetch(file, { method, body: method === "POST" ? "rubbish" : undefined });
        if (ok) throw new Error(`${method} ${file} was allowed`);
        refused.push(`${method} ${status}`);
      }
    }
    return refused;
  }

  async rescue(repository: string, at: string) {
    await run("docker", ["exec", "--workdir", `/data/${repository}`, this.owner, "sh", "-c", setAside(at)]);
    return { address: `rest:http://${this.owner}:8000/${repository}`, keys: {} };
  }
}

/** An S3 server that keeps versions, with the policy for the host's key that docs/backups.md has. */
export class S3Server implements AppendOnlyServer {
  private readonly name = "portolan-t-append-s3";
  readonly address = `s3:http://${this.name}:7070/backups`;
  private readonly host = { id: "canary-host-key", secret: randomBytes(16).toString("hex") };
  private readonly owner = { id: "canary-owner-key", secret: randomBytes(16).toString("hex") };
  readonly keys = keysOf(this.host);

  async start(): Promise<void> {
    await this.stop();
    const serve = [
      "mkdir -p /data/buckets /data/versions /data/accounts",
      "exec versitygw --port :7070 --iam-dir /data/accounts posix --versioning-dir /data/versions /data/buckets",
    ].join(" && ");
    const env = { ROOT_ACCESS_KEY_ID: this.owner.id, ROOT_SECRET_ACCESS_KEY: this.owner.secret };
    const options = ["--network", NETWORK, "--volume", `${this.name}:/data`, "--entrypoint", "sh"];
    const names = Object.keys(env).flatMap((name) => ["--env", name]);
    const image = await versitygwImage();
    await run("docker", ["run", "--detach", "--name", this.name, ...options, ...names, image, "-c", serve], { env });
    const account = `versitygw admin --access "$ROOT_ACCESS_KEY_ID" --secret "$ROOT_SECRET_ACCESS_KEY" \
      --endpoint-url http://127.0.0.1:7070 create-user --access ${this.host.id} --secret ${this.host.secret} --role user`;
    await eventually(async () => void (await run("docker", ["exec", this.name, "sh", "-c", account])));
    await this.rclone(
      this.owner,
      "rclone mkdir s3:backups && rclone mkdir s3:rescued && rclone backend versioning s3:backups Enabled",
    );
    await this.restrict();
  }

  async stop(): Promise<void> {
    await attempt("docker", ["rm", "--force", "--volumes", this.name]);
    await attempt("docker", ["volume", "rm", this.name]);
  }

  async destroy(repository: string): Promise<string[]> {
    const script = `
      try() { if "$@" --retries 1 --low-level-retries 1; then echo "allowed: $*"; else echo "refused: $*"; fi; }
      try rclone delete s3:backups/${repository}/snapshots
      try rclone delete --s3-versions s3:backups/${repository}/data
      try rclone purge s3:backups
      try rclone backend versioning s3:backups Suspended
      mkdir /tmp/rubbish && cd /tmp/rubbish
      rclone lsf --recursive --files-only s3:backups/${repository} | while read -r file; do
        mkdir -p "$(dirname "$file")" && echo rubbish >"$file"
      done
      rclone copy --ignore-times . s3:backups/${repository} && echo overwritten`;
    const { stdout } = await this.rclone(this.host, script);
    expect(stdout).toMatch(/^overwritten$/m);
    if (/^allowed/m.test(stdout)) throw new Error(stdout);
    return stdout.match(/^refused: .*$/gm) ?? [];
  }

  async rescue(repository: string) {
    await this.rclone(this.owner, `cd /tmp\n${copyOldest(`backups/${repository}`, `rescued/${repository}`)}`);
    return { address: `s3:http://${this.name}:7070/rescued/${repository}`, keys: keysOf(this.owner) };
  }

  /** Gives the host's key the policy of the documentation. */
  private async restrict(): Promise<void> {
    const [, policy] = /^```json\n(\{\n {2}"Version": "2012-10-17".*?)^```$/ms.exec(readFileSync(DOCS, "utf8")) ?? [];
    if (!policy) throw new Error(`${DOCS} has no policy`);
    const text = policy.replaceAll(/"AWS": "[^"]*"/g, `"AWS": "${this.host.id}"`).replaceAll("my-backups", "backups");
    const format = `{{(index .NetworkSettings.Networks "${NETWORK}").IPAddress}}`;
    const { stdout } = await run("docker", ["inspect", "--format", format, this.name]);
    const options = ["--silent", "--show-error", "--fail-with-body", "--aws-sigv4", "aws:amz:us-east-1:s3"];
    const header = ["--header", `x-amz-content-sha256: ${createHash("sha256").update(text).digest("hex")}`];
    const config = `user = "${this.owner.id}:${this.owner.secret}"\n`;
    const put = [
      ...header,
      "--request",
      "PUT",
      "--data",
      text,
      "--config",
      "-",
      `http://${stdout.trim()}:7070/backups?policy=`,
    ];
    await run("curl", [...options, ...put], { input: config });
  }

  /** Runs a script where rclone is, which knows the server as `s3:`. */
  private async rclone(account: { id: string; secret: string }, script: string) {
    const env = {
      RCLONE_CONFIG_S3_TYPE: "s3",
      RCLONE_CONFIG_S3_PROVIDER: "Other",
      RCLONE_CONFIG_S3_ENDPOINT: `http://${this.name}:7070`,
      RCLONE_CONFIG_S3_ACCESS_KEY_ID: account.id,
      RCLONE_CONFIG_S3_SECRET_ACCESS_KEY: account.secret,
    };
    const names = Object.keys(env).flatMap((name) => ["--env", name]);
    const options = ["--rm", "--network", NETWORK, ...names, "--entrypoint", "sh"];
    return run("docker", ["run", ...options, await rcloneImage(), "-c", script], { env });
  }
}

function keysOf({ id, secret }: { id: string; secret: string }): Record<string, string> {
  return { "aws-access-key-id": id, "aws-secret-access-key": secret };
}
