/**
 * What containers and build steps change, on the disk. The list of a container's birth makes these directories and
 * mounts the overlay in the container's own mount namespace, so that it goes with its last process.
 *
 *     <directory>/<key>/upper   what is changed
 *     <directory>/<key>/work    overlayfs's own, for one run
 *     <directory>/.trash/<n>    removed, being deleted
 */
import { Failure, succeeds } from "../failure.js";
import { makeDirectories } from "../make-directories.js";
import type { System } from "../system/system.js";
import { KnownTree } from "../trees/known-tree.js";
import { removeTree } from "../trees/remove-tree.js";

/** What is removed is deleted after the answer, and after what usually follows it. */
const REMOVE_AFTER_MS = 100;
const NAME = /^\w[\w.-]*$/;

/** What overlayfs leaves of a run that has changed nothing. */
const LEFT_IN_WORK = ["incompat/volatile/dirty", "incompat/volatile/", "incompat/", "work/"];
const LEFT = ["upper/", ...LEFT_IN_WORK.map((path) => `work/${path}`), "work/", ...LEFT_IN_WORK];

export class Snapshots {
  readonly #trash: string;
  /** Directories of the trash that hold no more than that. */
  readonly #unchanged: KnownTree;
  #lastTrash = 0;

  /** Also clears what an agent before this one left. */
  constructor(
    readonly system: System,
    readonly directory: string,
  ) {
    this.#trash = `${directory}/.trash`;
    makeDirectories(system, this.#trash);
    this.#unchanged = new KnownTree(system, this.#trash, LEFT);
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
    const name = `${this.system.monotonicMicros()}-${++this.#lastTrash}`;
    if (!succeeds(["ENOENT"], () => this.system.rename(path, `${this.#trash}/${name}`))) return;
    this.system.setTimer(REMOVE_AFTER_MS, () => {
      if (!this.#unchanged.remove(name)) void removeTree(this.system, `${this.#trash}/${name}`);
    });
  }

  #path(key: string): string {
    if (!NAME.test(key)) throw new Failure("invalid-params", `snapshot key ${key}`);
    return `${this.directory}/${key}`;
  }
}
