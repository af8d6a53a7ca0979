import type { Exchange } from "./machine.js";
import { findFile, put } from "./ninep/page-access.js";
import type { Quota } from "./ninep/quota.js";
import { WritableFiles } from "./ninep/writable-files.js";

/** The `exchange` directory, from the page's side. */
export class FileExchange implements Exchange {
  readonly files: WritableFiles;
  /** Names must differ from those before a restore as well, which the guest's kernel may remember. */
  readonly #prefix = Date.now().toString(36);
  #last = 0;

  constructor(quota?: Quota) {
    this.files = new WritableFiles(0o700, quota);
  }

  name(): string {
    return `${this.#prefix}-${++this.#last}`;
  }

  put(name: string, bytes: Uint8Array): void {
    put(this.files, name, { type: "file" }, 0o600, bytes);
  }

  take(name: string): Uint8Array {
    const file = findFile(this.files, name);
    const bytes = file.bytes.whole();
    const root = { files: this.files, node: this.files.root, name: "", parent: null };
    // The guest may still hold a handle: it is not to hold the bytes as well.
    this.files.change({ files: this.files, node: file, name, parent: root }, { size: 0 });
    this.files.unlink(root, name, false);
    return bytes;
  }
}
