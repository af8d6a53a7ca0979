/** Images made of one layer on top of others: what commit and import have in common. */
import type { ImageID } from "../../shared/oci/digest.js";
import { type ContainerConfig, type HistoryEntry, PLATFORM } from "../../shared/oci/image.js";
import { rfc3339 } from "../clock.js";
import type { LayerStore } from "../layers/layer-store.js";
import type { Image, ImageStore } from "./image-store.js";

export interface NewImage {
  config: ContainerConfig;
  /** Uncompressed. A layer without a change is left out. */
  layer: Uint8Array;
  base?: Image;
  author?: string;
  createdBy?: string;
  comment?: string;
  /** Milliseconds since 1970. */
  createdAt: number;
}

/** @throws {LayerError} for a layer that cannot be. */
export async function makeImage(
  { images, layers }: { images: ImageStore; layers: LayerStore },
  { config, layer, base, author, createdBy, comment, createdAt }: NewImage,
): Promise<ImageID> {
  const created = rfc3339(createdAt);
  const applied = await layers.apply(layer);
  const isEmpty = applied.changes.length === 0;
  const line: HistoryEntry = {
    created,
    ...(author && { author }),
    ...(createdBy && { created_by: createdBy }),
    ...(comment && { comment }),
    ...(isEmpty && { empty_layer: true }),
  };
  const document = {
    ...PLATFORM,
    ...(author && { author }),
    config,
    created,
    history: [...(base?.config.history ?? []), line],
    rootfs: {
      type: "layers",
      diff_ids: [...(base?.config.rootfs.diff_ids ?? []), ...(isEmpty ? [] : [applied.diffID])],
    },
  };
  const bytes = new TextEncoder().encode(JSON.stringify(document));
  const { id } = await images.add(bytes, { ...(base && { parent: base.id }) });
  return id;
}
