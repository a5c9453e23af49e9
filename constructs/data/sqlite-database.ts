import type { Construct } from "constructs";
import { InvalidInput } from "../invalid-input";
import { DataFolder, type DataFolderProps } from "./data-folder";

export interface SqliteDatabaseProps extends DataFolderProps {
  /** Name of the database file in the volume, like `"app.db"`. */
  readonly file: string;
}

/**
 * A volume with a SQLite database. Applications mount it where they look for the file. While a release replaces another,
 * both have it open, as SQLite allows on one machine.
 */
export class SqliteDatabase extends DataFolder {
  constructor(scope: Construct, id: string, props: SqliteDatabaseProps) {
    super(scope, id, props, { engine: "sqlite", file: props.file });
    if (!/^[\w][\w.-]*$/.test(props.file)) {
      throw new InvalidInput(this, `file "${props.file}" must be a file name without a folder, like "app.db"`);
    }
  }
}
