import type { Construct } from "constructs";
import { DataFolder, type DataFolderProps } from "./data-folder";

export type FilesProps = DataFolderProps;

/** Files that an application writes, like uploads: a volume that applications mount, with backups. */
export class Files extends DataFolder {
  constructor(scope: Construct, id: string, props: FilesProps = {}) {
    super(scope, id, props, { engine: "files" });
  }
}
