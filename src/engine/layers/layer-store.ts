/**
 * The layer store: unpacked layers by DiffID, shared by all images that have them.
 *
 * A *layer* is one tar of changes. Its *tree* is what those changes look like to overlayfs as a lowerdir. Layers are
 * held by images (and by the build cache); `collect` drops what nothing holds.
 */
import type { ReadOnlyTree } from "../../machine/ninep/tree.js";
import type { DiffID } from "../../shared/oci/digest.js";

export interface Layer {
  readonly diffID: DiffID;
  /** Name below the guest's `layers/`: short, unique, without a slash. */
  readonly name: string;
  /** Bytes of the uncompressed tar. */
  readonly tarBytes: number;
  /** Sum of the regular files' bytes: what `docker history` calls SIZE. */
  readonly size: number;
  readonly tree: ReadOnlyTree;
  /** The changes as read from the tar, in its order. */
  readonly changes: readonly LayerChange[];
}

export interface LayerChange {
  /** Absolute, `/`-separated. */
  path: string;
  /** `set`: the tar has an entry (added or changed, which only the layers below can tell); `whiteout`; `opaque`. */
  action: "set" | "whiteout" | "opaque";
  type?: "file" | "directory" | "symlink" | "hardlink" | "character" | "block" | "fifo";
  /** Regular files: bytes. */
  size: number;
  mode?: number;
}

export interface LayerStore {
  /**
   * Takes an uncompressed layer tar: checks it (paths stay inside, no bombs), unpacks it to a tree, publishes it to
   * the machine's shelf. Returns the layer already there if its DiffID is known.
   * @param expected the DiffID that was promised; a layer with another one is not kept.
   * @throws {LayerError} naming the entry, or both DiffIDs.
   */
  apply(tar: Uint8Array, expected?: DiffID): Promise<Layer>;
  get(diffID: DiffID): Layer | undefined;
  /** The uncompressed tar, for push and save. */
  tar(diffID: DiffID): Uint8Array;
  /** Forgets layers outside `held`, and takes them off the shelf. Returns bytes freed. */
  collect(held: ReadonlySet<DiffID>): number;
}

/** Where trees go to be seen by the guest: `Machine.layers` in the product, a map in tests. */
export interface Shelf {
  publish(name: string, tree: ReadOnlyTree): void;
  withdraw(name: string): void;
}

export class LayerError extends Error {
  override name = "LayerError";
}
