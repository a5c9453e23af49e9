import type { ITerraformDependable } from "cdktf";
import type { IConstruct } from "constructs";
import type { BackupService } from "../backup/backup-service";
import type { ApplicationNetwork, Attachment } from "../runtime";

/** Something the proxy can pass requests to. */
export interface Routable extends IConstruct {
  readonly port?: number;

  /** Path that answers with a status below 400 while the service works; nothing if only a command can tell. */
  readonly probe?: string;

  /** Where the proxy finds the containers. */
  readonly network: ApplicationNetwork;

  /** Names in the network, each a reference to a healthy container. */
  readonly containerNames: string[];
}

/** Something an application connects to: a database, a cache, another application. */
export interface Connectable extends IConstruct {
  connection(): Connection;
}

/** Both sides of a connection: how the client gets there, and what must have happened before it starts. */
export interface Connection {
  readonly network: Attachment["network"];

  /** Variables the client finds the other side by; values may be sensitive expressions. */
  readonly environment: Readonly<Record<string, string>>;

  /** The same for a job that prepares a release, where it is given other rights. */
  readonly releaseEnvironment?: Readonly<Record<string, string>>;

  readonly startAfter: readonly ITerraformDependable[];

  /** What backs up the data that the client writes. */
  readonly backup?: BackupService;
}

/** A volume that an application mounts. */
export interface Mountable {
  readonly volumeName: string;

  /** Who its files belong to, `uid:gid`, if that is settled. */
  readonly user?: string;

  /** What backs up the data in it. */
  readonly backup?: BackupService;
}
