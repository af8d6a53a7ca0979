import type { ReadOnlyTree } from "../../machine/ninep/tree.js";
import { sizeOf } from "../../shared/files/sparse-bytes.js";
import { type TarEntry, TarError } from "../../shared/tar/entry.js";
import { readTar, type TarLimits } from "../../shared/tar/read-tar.js";
import { type LayerChange, LayerError } from "./layer-store.js";
import { layerPath, TreeBuilder } from "./tree-builder.js";
import { METADATA_PREFIX, OPAQUE_MARKER, WHITEOUT_PREFIX } from "./whiteouts.js";

export interface LayerContents {
  tree: ReadOnlyTree;
  changes: LayerChange[];
  /** Sum of the regular files' bytes. */
  size: number;
}

/**
 * Unpacks a layer tar to the tree that overlayfs reads as a lowerdir.
 * @throws {LayerError} naming the entry: paths that leave the layer, links to nothing, a damaged or oversized tar.
 */
export function readLayer(tar: Uint8Array, limits: Partial<TarLimits> = {}): LayerContents {
  const builder = new TreeBuilder();
  const changes: LayerChange[] = [];
  let size = 0;
  try {
    for (const entry of readTar(tar, limits)) {
      const change = place(builder, entry);
      if (change) changes.push(change);
      if (entry.contents) size += sizeOf(entry.contents);
    }
  } catch (error) {
    throw error instanceof TarError ? new LayerError(error.message, { cause: error }) : error;
  }
  return { tree: { root: builder.finish() }, changes, size };
}

function place(builder: TreeBuilder, entry: TarEntry): LayerChange | undefined {
  const parts = layerPath(entry.path, entry);
  const parent = parts.slice(0, -1);
  const name = parts.at(-1) ?? "";
  if (name === OPAQUE_MARKER) {
    builder.opaque(parent, entry);
    return { path: absolute(parent), action: "opaque", size: 0 };
  }
  if (parts.some((part) => part.startsWith(METADATA_PREFIX))) return undefined;
  if (name.startsWith(WHITEOUT_PREFIX)) {
    const hidden = [...parent, hiddenName(name, entry)];
    builder.whiteout(hidden, entry);
    return { path: absolute(hidden), action: "whiteout", size: 0 };
  }
  builder.set(parts, entry);
  const { type, mode, contents } = entry;
  return { path: absolute(parts), action: "set", type, size: contents ? sizeOf(contents) : 0, mode };
}

function hiddenName(name: string, { path }: TarEntry): string {
  const hidden = name.slice(WHITEOUT_PREFIX.length);
  if (hidden === "" || hidden === "." || hidden === "..")
    throw new LayerError(`layer entry ${JSON.stringify(path)} is a whiteout of ${JSON.stringify(hidden)}`);
  return hidden;
}

function absolute(parts: readonly string[]): string {
  return `/${parts.join("/")}`;
}
