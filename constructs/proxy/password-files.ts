import { join } from "node:path";
import { Construct } from "constructs";
import { type ConfigVolume, type Image, Job, Volume } from "../runtime";
import { script } from "../runtime/script";
import type { Login } from "./access";

const HASH_SCRIPT = script(join(__dirname, "hash-passwords.sh"));

/**
 * Files with a name and a password each, in a volume of their own: neither is part of the proxy's configuration, and Nginx
 * reads them with every request.
 */
export class PasswordFiles extends Construct {
  readonly volumeName: string;

  private readonly logins = new Map<string, Login>();

  constructor(
    scope: Construct,
    id: string,
    private readonly props: { readonly image: Image; readonly config: ConfigVolume },
  ) {
    super(scope, id);
    this.volumeName = new Volume(this, "volume").volumeName;
  }

  /** Name of the file with this login. */
  add(login: Login): string {
    const file = `${login.user}-${login.password.name}`;
    if (this.logins.size === 0) this.props.config.startAfter(this.writer());
    this.logins.set(file, login);
    return file;
  }

  private writer(): Job {
    return new Job(this, "write", {
      image: this.props.image,
      entrypoint: ["sh", "-c"],
      command: [HASH_SCRIPT],
      // Root without any capability: it owns a new volume's top folder.
      user: "0:0",
      files: () =>
        [...this.logins].map(([file, { user, password }]) => ({
          path: `/passwords/${file}`,
          content: `${user}:${password.valueIn(this)}`,
        })),
      mounts: [{ volume: this, path: "/volume" }],
      resources: { memory: 32 },
    });
  }
}
