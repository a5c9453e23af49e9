import { Construct } from "constructs";
import { Health, type Image, type Mount, Replacement, Service, Volume } from "../runtime";

/**
 * Where backups of a server are tried out. Restoring runs code of whoever could write to the database, so this container
 * has no network, no secret, no repository: it is sent a backup through a socket, and answers with sums. It ends after
 * each proof, and Docker starts it anew. Idle, it is one process that listens.
 */
export class BackupProof extends Construct {
  /** The socket, for who sends the backup. */
  readonly mount: Mount;

  constructor(
    scope: Construct,
    id: string,
    props: {
      /** The image of the backup container. */
      readonly image: Image;
      readonly environment: Readonly<Record<string, string>>;
      readonly user: string;
      readonly tmpfs: Readonly<Record<string, string>>;
      readonly memory: number;
    },
  ) {
    super(scope, id);
    const { image, environment, user, tmpfs, memory } = props;
    const socket = new Volume(this, "socket");
    this.mount = { volume: socket, path: "/proof", readOnly: true };
    new Service(
      this,
      "service",
      {
        image,
        command: ["prove"],
        environment,
        user,
        mounts: [
          { volume: new Volume(this, "scratch"), path: "/state" },
          { volume: socket, path: "/proof" },
        ],
        tmpfs,
        resources: { memory },
        background: true,
        health: Health.command("grep -qxE 'socat|prove-one' /proc/[0-9]*/comm"),
        stopSeconds: 5,
      },
      { replacement: Replacement.STOP_FIRST },
    );
  }
}
