/**
 * The build cache: which layer an instruction made on top of which layers. Keys are digests of what decides the
 * result (the layers below, the instruction, the contents of copied files, arguments and environment), so an entry is
 * right for as long as its layer is there.
 */
import type { DiffID } from "../../shared/oci/digest.js";
import { digestOf } from "../content/digest-of.js";
import type { Layer, LayerStore } from "../layers/layer-store.js";
import { StepHistory } from "./cache-decision.js";

export interface CachedLayer {
  layer: Layer;
  /** Milliseconds since 1970. */
  createdAt: number;
}

interface Entry {
  diffID: DiffID;
  createdAt: number;
}

export interface CacheEntry extends Entry {
  key: string;
}

/** Entries kept; the one that was used longest ago goes first. */
const LIMIT = 2000;

export class BuildCache {
  readonly #layers: LayerStore;
  readonly #entries = new Map<string, Entry>();
  /** What steps were made of, for the next build to tell what changed. */
  readonly history = new StepHistory();
  /** Bases that a build has used. */
  readonly #bases = new Set<string>();

  constructor(layers: LayerStore) {
    this.#layers = layers;
  }

  static key(parts: unknown): Promise<string> {
    return digestOf(new TextEncoder().encode(JSON.stringify(parts)));
  }

  find(key: string): CachedLayer | undefined {
    const entry = this.#entries.get(key);
    const layer = entry && this.#layers.get(entry.diffID);
    if (!entry || !layer) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return { layer, createdAt: entry.createdAt };
  }

  add(key: string, diffID: DiffID, createdAt: number): void {
    this.#entries.set(key, { diffID, createdAt });
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= LIMIT) break;
      this.#entries.delete(oldest);
    }
  }

  /** @returns whether a build has begun from this base before. */
  sawBase(id: string): boolean {
    const seen = this.#bases.has(id);
    this.#bases.add(id);
    return seen;
  }

  held(): DiffID[] {
    return [...this.#entries.values()].map(({ diffID }) => diffID);
  }

  list(): CacheEntry[] {
    return [...this.#entries].map(([key, entry]) => ({ key, ...entry }));
  }

  /** Forgets those that are wanted. @returns them. */
  prune(isWanted: (entry: CacheEntry) => boolean): CacheEntry[] {
    const wanted = this.list().filter(isWanted);
    for (const { key } of wanted) this.#entries.delete(key);
    if (this.#entries.size === 0) {
      this.#bases.clear();
      this.history.forget();
    }
    return wanted;
  }
}
