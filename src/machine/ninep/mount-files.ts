import { timeOfMs } from "../../shared/files/file-attributes.js";
import { type Attributes, Files, FileType, nextQidPath, type Place } from "./files.js";

/** A directory whose entries are other Files: what the guest sees at the top. */
export class MountFiles extends Files {
  readonly root = {};
  readonly #qidPath = nextQidPath();
  readonly #mounted = new Map<string, Files>();
  #mtime = timeOfMs(Date.now());

  mount(name: string, files: Files): void {
    if (this.#mounted.has(name)) throw new Error(`${name} is there already`);
    this.#mounted.set(name, files);
    this.#mtime = timeOfMs(Date.now());
  }

  unmount(name: string): Files | undefined {
    const files = this.#mounted.get(name);
    this.#mounted.delete(name);
    this.#mtime = timeOfMs(Date.now());
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
      heldBytes: 4096,
      mtime: this.#mtime,
      atime: this.#mtime,
      ctime: this.#mtime,
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
