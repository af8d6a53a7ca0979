import { Emitter } from "../shared/disposable.js";
import type { LayerShelf } from "./machine.js";
import { type Files, pathOf } from "./ninep/files.js";
import { MountFiles } from "./ninep/mount-files.js";
import { ReadOnlyFiles } from "./ninep/read-only-files.js";
import type { ReadOnlyTree } from "./ninep/tree.js";

/** The `layers` directory: one read-only tree by name. */
export class TreeShelf implements LayerShelf {
  readonly files = new MountFiles();
  readonly #onWithdraw: (files: Files) => void;
  readonly #read = new Emitter<{ layer: string; path: string }>();

  /** `onWithdraw` is told of the files that the guest's handles are to let go. */
  constructor(onWithdraw: (files: Files) => void) {
    this.#onWithdraw = onWithdraw;
  }

  readonly onRead = this.#read.event;

  publish(name: string, tree: ReadOnlyTree): void {
    if (name === "" || name.includes("/")) throw new Error(`layer name ${JSON.stringify(name)} is not one name`);
    const prefix = `layers/${name}/`.length;
    const files = new ReadOnlyFiles(tree, (_node, place) =>
      this.#read.fire({ layer: name, path: pathOf(place).slice(prefix) }),
    );
    this.files.mount(name, files);
  }

  withdraw(name: string): void {
    const files = this.files.unmount(name) as ReadOnlyFiles | undefined;
    if (!files) return;
    files.withdraw();
    this.#onWithdraw(files);
  }
}
