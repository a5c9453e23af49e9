import { isUtf8 } from "node:buffer";
import {
  chmodSync,
  closeSync,
  existsSync,
  fchmodSync,
  fsyncSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";

const OWNER_ONLY = 0o600;

/** A text file that only its owner may read, and that is replaced as a whole or not at all. */
export class PrivateFile {
  constructor(readonly path: string) {}

  /** The text, empty when there is no file. @throws Error when it is not UTF-8: written again, it would be another */
  read(): string {
    if (!existsSync(this.path)) return "";
    const bytes = readFileSync(this.path);
    if (!isUtf8(bytes)) throw new Error(`${this.path} is not a text file in UTF-8`);
    return bytes.toString();
  }

  /** Its mode, like "0644", when others than its owner may do something with it. */
  get widerMode(): string | undefined {
    const mode = existsSync(this.path) ? statSync(this.path).mode & 0o777 : OWNER_ONLY;
    return mode & 0o077 ? `0${mode.toString(8)}` : undefined;
  }

  /** Takes the file's rights away from everybody but its owner. */
  protect(): void {
    chmodSync(this.path, OWNER_ONLY);
  }

  /**
   * Replaces the text by what `change` makes of it. The draft beside the file is the lock, too: whoever finds it there
   * stops, so that of two writers none undoes the other's work.
   */
  update(change: (text: string) => string): void {
    // The file behind a link, not the link.
    const target = existsSync(this.path) ? realpathSync(this.path) : this.path;
    const draft = `${target}.new`;
    const descriptor = openExclusively(draft);
    try {
      const text = change(this.read());
      // Whatever the process's umask is.
      fchmodSync(descriptor, OWNER_ONLY);
      writeFileSync(descriptor, text);
      fsyncSync(descriptor);
      renameSync(draft, target);
    } catch (error) {
      rmSync(draft, { force: true });
      throw error;
    } finally {
      closeSync(descriptor);
    }
    syncFolder(dirname(target));
  }
}

function openExclusively(draft: string): number {
  try {
    return openSync(draft, "wx", OWNER_ONLY);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    throw new Error(
      `${draft} is there: another command is writing this file, or one was interrupted; when none runs, type: rm ${draft}`,
    );
  }
}

/** A rename is only on the disk when its folder is. */
function syncFolder(path: string): void {
  const folder = openSync(path, "r");
  fsyncSync(folder);
  closeSync(folder);
}
