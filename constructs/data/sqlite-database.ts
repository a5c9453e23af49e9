import { Construct } from "constructs";
import { backUp } from "../backup/back-up";
import { Backup } from "../backup/backup";
import { type BackupService, DATA_PATH } from "../backup/backup-service";
import { InvalidInput } from "../invalid-input";
import { DataVolume } from "../runtime";
import type { FilesProps } from "./files";

export interface SqliteDatabaseProps extends FilesProps {
  /** Name of the database file in the volume, like `"app.db"`. */
  readonly file: string;
}

/**
 * A volume with a SQLite database. Applications mount it where they look for the file. While a release replaces another,
 * both have it open, as SQLite allows on one machine.
 */
export class SqliteDatabase extends Construct {
  readonly volumeName: string;
  readonly user: string;
  readonly backup?: BackupService;

  constructor(scope: Construct, id: string, props: SqliteDatabaseProps) {
    super(scope, id);
    const { file, removal, volumeName, user = "10001:10001" } = props;
    if (!/^[\w][\w.-]*$/.test(file)) {
      throw new InvalidInput(this, `file "${file}" must be a file name without a folder, like "app.db"`);
    }
    const data = new DataVolume(this, "data", { removal, volumeName });
    this.volumeName = data.volumeName;
    this.user = user;
    this.backup = backUp(this, {
      policy: props.backup ?? Backup.nightly(),
      removal,
      source: { engine: "sqlite", base: "debian:13-slim", databases: [`${DATA_PATH}/${file}`], dataVolume: data, user },
    });
  }
}
