import { type Attributes, Files, FileType, nextQidPath, type Place } from "./files.js";

/** A directory whose entries are other Files: what the guest sees at the top. */
export class MountFiles extends Files {
  readonly root = {};
  readonly #qidPath = nextQidPath();
  readonly #mounted = new Map<string, Files>();
  #mtimeMs = Date.now();

  mount(name: string, files: Files): void {
    if (this.#mounted.has(name)) throw new Error(`${name} is there already`);
    this.#mounted.set(name, files);
    this.#mtimeMs = Date.now();
  }

  unmount(name: string): Files | undefined {
    const files = this.#mounted.get(name);
    this.#mounted.delete(name);
    this.#mtimeMs = Date.now();
    return files;
  }

  attributes(): Attributes {
    return {
      mode: FileType.directory | 0o755,
      uid: 0,
      gid: 0,
      nlink: 1,
      major: 0,
      minor: 0,
      size: 4096,
      mtimeMs: this.#mtimeMs,
      atimeMs: this.#mtimeMs,
      ctimeMs: this.#mtimeMs,
      qidPath: this.#qidPath,
    };
  }

  lookup(place: Place, name: string): Place | undefined {
    const files = this.#mounted.get(name);
    return files && { files, node: files.root, name, parent: place };
  }

  list(place: Place): Place[] {
    return [...this.#mounted].map(([name, files]) => ({ files, node: files.root, name, parent: place }));
  }
}
