import { Construct } from "constructs";
import { backUp } from "../backup/back-up";
import { Backup } from "../backup/backup";
import { type BackupService, DATA_PATH } from "../backup/backup-service";
import { DataVolume, type Removal } from "../runtime";

export interface DataFolderProps {
  /**
   * Who the files belong to, `uid:gid`: the user of the application that writes them.
   *
   * @default "10001:10001"
   */
  readonly user?: string;

  /** @default Backup.nightly() */
  readonly backup?: Backup;

  /**
   * What becomes of the files, and of their backups, when they leave the code.
   *
   * @default Removal.REFUSE
   */
  readonly removal?: Removal;

  /**
   * Docker's name of the volume, to keep the files of a construct that was renamed in the code.
   *
   * @default - made of system, environment and id
   */
  readonly volumeName?: string;
}

/** A volume that applications mount and write, with backups and without a server. */
export abstract class DataFolder extends Construct {
  readonly volumeName: string;
  readonly user: string;
  readonly backup?: BackupService;

  /** @param file what is backed up in it, the whole folder if nothing is named */
  protected constructor(
    scope: Construct,
    id: string,
    props: DataFolderProps,
    { engine, file }: { readonly engine: "files" | "sqlite"; readonly file?: string },
  ) {
    super(scope, id);
    const { removal, volumeName, user = "10001:10001" } = props;
    const data = new DataVolume(this, "data", { removal, volumeName });
    const path = file === undefined ? DATA_PATH : `${DATA_PATH}/${file}`;
    this.volumeName = data.volumeName;
    this.user = user;
    this.backup = backUp(this, {
      policy: props.backup ?? Backup.nightly(),
      removal,
      source: { engine, base: "debian:13-slim", databases: [path], dataVolume: data, user },
    });
  }
}
