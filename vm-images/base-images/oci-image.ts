/** An image of one layer, as the bytes of its three documents. Same input, same bytes. */
import { createHash } from "node:crypto";
import { gzipSync } from "fflate";
import type { DiffID, Digest } from "../../src/shared/oci/digest.js";
import {
  type ContainerConfig,
  type ImageConfig,
  type ImageManifest,
  MediaType,
  PLATFORM,
} from "../../src/shared/oci/image.js";
import type { TarEntry } from "../../src/shared/tar/entry.js";
import { writeTar } from "../../src/shared/tar/write-tar.js";

export interface Blob {
  digest: Digest;
  bytes: Uint8Array;
}

export interface OneLayerImage {
  manifest: Blob;
  config: Blob;
  layer: Blob;
}

export interface ImageRecipe {
  rootfs: readonly TarEntry[];
  config: ContainerConfig;
  /** RFC 3339. */
  created: string;
  createdBy: string;
}

export function makeImage({ rootfs, config, created, createdBy }: ImageRecipe): OneLayerImage {
  const tar = writeTar(rootfs);
  // fflate's deflate does not change with the version of Node, and so neither do the digests.
  const layer = blob(gzipSync(tar, { level: 9, mtime: 0 }));
  const document: ImageConfig = {
    created,
    ...PLATFORM,
    config,
    rootfs: { type: "layers", diff_ids: [blob(tar).digest as DiffID] },
    history: [{ created, created_by: createdBy }],
  };
  const configBlob = json(document);
  const manifest: ImageManifest = {
    schemaVersion: 2,
    mediaType: MediaType.ociManifest,
    config: { mediaType: MediaType.ociConfig, digest: configBlob.digest, size: configBlob.bytes.length },
    layers: [{ mediaType: MediaType.ociLayerGzip, digest: layer.digest, size: layer.bytes.length }],
  };
  return { manifest: json(manifest), config: configBlob, layer };
}

function json(value: unknown): Blob {
  return blob(new TextEncoder().encode(JSON.stringify(value)));
}

export function blob(bytes: Uint8Array): Blob {
  return { bytes, digest: `sha256:${createHash("sha256").update(bytes).digest("hex")}` };
}
