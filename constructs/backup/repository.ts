import { Fn } from "cdktf";
import type { Construct } from "constructs";
import { Secret } from "../secret";

interface AppendOnlyProps {
  /**
   * Whether the server lets the host add backups and remove none, so that whoever takes the host over can't either. Old
   * backups are then pruned from another machine: docs/backups.md says how.
   *
   * @default false
   */
  readonly appendOnly?: boolean;
}

export interface S3RepositoryProps extends AppendOnlyProps {
  readonly bucket: string;

  /**
   * Address of the service: R2's, MinIO's…
   *
   * @default "https://s3.amazonaws.com"
   */
  readonly endpoint?: string;

  /**
   * Region of the bucket, for services that can't tell it themselves; "auto" for R2.
   *
   * @default - asked of the service
   */
  readonly region?: string;

  /**
   * Folder in the bucket.
   *
   * @default - none
   */
  readonly prefix?: string;
}

export interface SftpRepositoryProps extends AppendOnlyProps {
  readonly user: string;
  readonly host: string;

  /** @default 22 */
  readonly port?: number;

  /** Absolute path of the folder on the server. */
  readonly path: string;

  /** The server's public keys, as `ssh-keyscan` prints them, without the name in front. */
  readonly hostKeys: readonly string[];
}

/** The secrets of a repository by the name of their file in the backup container. Plain text is public, like a host key. */
type Credentials = Readonly<Record<string, Secret | string>>;

/** A secret by the last part of its name. */
type Named = (name: string, options: { minLength: number; from: string }) => Secret;

/**
 * Where backups are kept, encrypted: a restic repository for each database below one address.
 */
export class Repository {
  /** A volume on the Docker host, protected like the data itself. It is lost with the host. */
  static local(): Repository {
    return new Repository(undefined, () => ({}), {});
  }

  /** S3, or what speaks its language. Secrets: `…_ACCESS_KEY_ID`, `…_SECRET_ACCESS_KEY`. */
  static s3(props: S3RepositoryProps): Repository {
    const { bucket, endpoint = "https://s3.amazonaws.com", region, prefix, appendOnly } = props;
    const path = [bucket, prefix].filter(Boolean).join("/");
    return new Repository(
      `s3:${checkedUrl(`${endpoint.replace(/\/$/, "")}/${path}`)}`,
      (named) => ({
        "aws-access-key-id": named("ACCESS_KEY_ID", { minLength: 3, from: "the object storage" }),
        "aws-secret-access-key": named("SECRET_ACCESS_KEY", { minLength: 8, from: "the object storage" }),
      }),
      { appendOnly, environment: region ? { AWS_DEFAULT_REGION: region } : {} },
    );
  }

  /** A folder on a machine reached over SSH. Secret: the private key in base64, in one line, `…_SSH_KEY`. */
  static sftp({ user, host, port = 22, path, hostKeys, appendOnly }: SftpRepositoryProps): Repository {
    if (!path.startsWith("/")) throw new Error(`repository path "${path}" must be absolute, like "/backups"`);
    if (hostKeys.length === 0) {
      throw new Error(`repository sftp://${host} has no host key; add what \`ssh-keyscan ${host}\` prints`);
    }
    const known = port === 22 ? host : `[${host}]:${port}`;
    // Two slashes: the first ends the host, the second begins an absolute path.
    const address = `sftp://${user}@${host}:${port}/${path.replace(/\/$/, "")}`;
    const secrets = (named: Named, scope: Construct) => ({
      // A file of secrets has no value of several lines.
      "ssh-key": Fn.base64decode(named("SSH_KEY", { minLength: 64, from: "whoever runs the server" }).valueIn(scope)),
      "ssh-known-hosts": hostKeys.map((key) => `${known} ${key}\n`).join(""),
    });
    return new Repository(address, secrets, { appendOnly });
  }

  /** restic's rest-server. Secrets: `…_USERNAME`, `…_HTTP_PASSWORD`. */
  static rest(url: string, { appendOnly }: AppendOnlyProps = {}): Repository {
    const secrets = (named: Named) => ({
      "rest-username": named("USERNAME", { minLength: 1, from: "whoever runs the server" }),
      "rest-password": named("HTTP_PASSWORD", { minLength: 8, from: "whoever runs the server" }),
    });
    return new Repository(`rest:${checkedUrl(url.replace(/\/$/, ""))}`, secrets, { appendOnly });
  }

  readonly appendOnly: boolean;
  /** Variables that the backup container needs for it. */
  readonly environment: Readonly<Record<string, string>>;

  private constructor(
    private readonly address: string | undefined,
    private readonly secrets: (named: Named, scope: Construct) => Credentials,
    { appendOnly = false, environment = {} }: AppendOnlyProps & { environment?: Record<string, string> },
  ) {
    this.appendOnly = appendOnly;
    this.environment = environment;
  }

  get isLocal(): boolean {
    return this.address === undefined;
  }

  /** Where the backups of one database are. */
  addressOf(name: string): string {
    return this.address === undefined ? "/repository" : `${this.address}/${name}`;
  }

  /**
   * @param prefix first part of the secrets' names
   * @param sharedPrefix that of the secrets which stand in for them, and which several backups may share
   */
  credentials(scope: Construct, prefix: string, sharedPrefix: string): Credentials {
    const named: Named = (name, options) =>
      Secret.named(`${prefix}_${name}`, { ...options, sharedName: `${sharedPrefix}_${name}` });
    return this.secrets(named, scope);
  }
}

function checkedUrl(url: string): string {
  const { protocol, username, password } = URL.canParse(url) ? new URL(url) : { protocol: "" };
  if (protocol !== "https:" && protocol !== "http:") {
    throw new Error(`repository address "${url}" must begin with https:// or http://`);
  }
  if (username || password) {
    throw new Error("a repository's address must have no user and no password; they are secrets of the environment");
  }
  return url;
}
