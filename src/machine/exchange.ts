import type { Exchange } from "./machine.js";
import { findFile, put } from "./ninep/page-access.js";
import { WritableFiles } from "./ninep/writable-files.js";

/** The `exchange` directory, from the page's side. */
export class FileExchange implements Exchange {
  readonly files = new WritableFiles(0o700);
  /** Names must differ from those before a restore as well, which the guest's kernel may remember. */
  readonly #prefix = Date.now().toString(36);
  #last = 0;

  name(): string {
    return `${this.#prefix}-${++this.#last}`;
  }

  put(name: string, bytes: Uint8Array): void {
    put(this.files, name, { type: "file" }, 0o600, bytes);
  }

  take(name: string): Uint8Array {
    const file = findFile(this.files, name);
    const bytes = file.bytes.whole();
    // The guest may still hold a handle: it is not to hold the bytes as well.
    file.bytes.resize(0);
    this.files.unlink({ files: this.files, node: this.files.root, name: "", parent: null }, name, false);
    return bytes;
  }
}
