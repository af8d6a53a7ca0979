import { type DiffID, digestHex, shortID } from "../../shared/oci/digest.js";
import type { TarLimits } from "../../shared/tar/read-tar.js";
import { digestOf } from "../content/digest-of.js";
import { type Layer, LayerError, type LayerStore, type Shelf } from "./layer-store.js";
import { readLayer } from "./read-layer.js";

/** Layers whose files are read straight from their tars, which are kept in memory and never copied. */
export class TarLayerStore implements LayerStore {
  readonly #layers = new Map<DiffID, { layer: Layer; tar: Uint8Array }>();
  readonly #names = new Set<string>();
  readonly #shelf: Shelf;
  readonly #limits: Partial<TarLimits>;

  constructor(shelf: Shelf, limits: Partial<TarLimits> = {}) {
    this.#shelf = shelf;
    this.#limits = limits;
  }

  async apply(tar: Uint8Array, expected?: DiffID): Promise<Layer> {
    const diffID: DiffID = await digestOf(tar);
    if (expected !== undefined && diffID !== expected)
      throw new LayerError(`invalid diffID: expected "${expected}", got "${diffID}"`);
    const known = this.#layers.get(diffID);
    if (known) return known.layer;
    const layer: Layer = { diffID, name: this.#name(diffID), tarBytes: tar.length, ...readLayer(tar, this.#limits) };
    this.#layers.set(diffID, { layer, tar });
    this.#names.add(layer.name);
    this.#shelf.publish(layer.name, layer.tree);
    return layer;
  }

  get(diffID: DiffID): Layer | undefined {
    return this.#layers.get(diffID)?.layer;
  }

  tar(diffID: DiffID): Uint8Array {
    const known = this.#layers.get(diffID);
    if (!known) throw new LayerError(`no layer ${diffID}`);
    return known.tar;
  }

  collect(held: ReadonlySet<DiffID>): number {
    let freed = 0;
    for (const [diffID, { layer }] of this.#layers) {
      if (held.has(diffID)) continue;
      this.#shelf.withdraw(layer.name);
      this.#layers.delete(diffID);
      this.#names.delete(layer.name);
      freed += layer.tarBytes;
    }
    return freed;
  }

  /** Short, because overlayfs takes all the layers' names in one page of options. */
  #name(diffID: DiffID): string {
    const short = shortID(diffID);
    return this.#names.has(short) ? digestHex(diffID) : short;
  }
}
