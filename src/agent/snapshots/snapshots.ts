/**
 * What containers and build steps change, on the disk. The list of a container's birth makes these directories and
 * mounts the overlay in the container's own mount namespace, so that it goes with its last process.
 *
 *     <directory>/<key>/upper   what is changed
 *     <directory>/<key>/work    overlayfs's own, for one run
 *     <directory>/.trash/<n>    removed, being deleted
 */
import { allowing, Failure } from "../failure.js";
import { makeDirectories } from "../make-directories.js";
import type { System } from "../system/system.js";
import { removeTree } from "../trees/remove-tree.js";

/** What is removed is deleted after the answer, and after what usually follows it. */
const REMOVE_AFTER_MS = 100;
const NAME = /^\w[\w.-]*$/;

export class Snapshots {
  readonly #trash: string;
  #lastTrash = 0;

  /** Also clears what an agent before this one left. */
  constructor(
    readonly system: System,
    readonly directory: string,
  ) {
    this.#trash = `${directory}/.trash`;
    makeDirectories(system, this.#trash);
    for (const name of system.readdir(this.#trash)) void removeTree(system, `${this.#trash}/${name}`);
    for (const name of system.readdir(directory)) if (!name.startsWith(".")) this.discard(`${directory}/${name}`);
  }

  /** What the snapshot changed. */
  upper(key: string): string {
    return `${this.#path(key)}/upper`;
  }

  remove(key: string): void {
    this.discard(this.#path(key));
  }

  /** Out of the way now, deleted when there is time; a path that is not there is so already. */
  discard(path: string): void {
    const trash = `${this.#trash}/${this.system.monotonicMicros()}-${++this.#lastTrash}`;
    const isThere = allowing(["ENOENT"], () => {
      this.system.rename(path, trash);
      return true;
    });
    if (isThere) this.system.setTimer(REMOVE_AFTER_MS, () => void removeTree(this.system, trash));
  }

  #path(key: string): string {
    if (!NAME.test(key)) throw new Failure("invalid-params", `snapshot key ${key}`);
    return `${this.directory}/${key}`;
  }
}
