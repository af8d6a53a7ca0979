/**
 * Images as static files: in the paths of the OCI distribution API, so that any file server is a registry to pull
 * from, and as an OCI layout, which other tools open.
 * Sources: distribution-spec v1.1 "Pull"; image-spec image-layout.md.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { digestHex } from "../../src/shared/oci/digest.js";
import { type ImageIndex, MediaType, PLATFORM } from "../../src/shared/oci/image.js";
import type { OneLayerImage } from "./oci-image.js";

export interface TaggedImage {
  tags: readonly string[];
  image: OneLayerImage;
}

/** `<folder>/v2/<name>/…`. */
export async function writeRegistry(folder: string, name: string, images: readonly TaggedImage[]) {
  const at = (path: string) => join(folder, "v2", name, path);
  for (const { tags, image } of images) {
    const { manifest, config, layer } = image;
    for (const reference of [...tags, manifest.digest]) await put(at(`manifests/${reference}`), manifest.bytes);
    for (const each of [config, layer]) await put(at(`blobs/${each.digest}`), each.bytes);
  }
  const tags = images.flatMap((each) => each.tags).sort();
  await put(at("tags/list"), JSON.stringify({ name, tags }));
}

/** An OCI layout in `folder`. */
export async function writeLayout(folder: string, images: readonly TaggedImage[]) {
  for (const { manifest, config, layer } of images.map(({ image }) => image))
    for (const each of [manifest, config, layer])
      await put(join(folder, "blobs/sha256", digestHex(each.digest)), each.bytes);
  const index: ImageIndex = {
    schemaVersion: 2,
    mediaType: MediaType.ociIndex,
    manifests: images.flatMap(descriptors),
  };
  await put(join(folder, "index.json"), JSON.stringify(index));
  await put(join(folder, "oci-layout"), JSON.stringify({ imageLayoutVersion: "1.0.0" }));
}

function descriptors({ tags, image: { manifest } }: TaggedImage) {
  const descriptor = { mediaType: MediaType.ociManifest, digest: manifest.digest, size: manifest.bytes.length };
  return tags.map((tag) => {
    return { ...descriptor, platform: PLATFORM, annotations: { "org.opencontainers.image.ref.name": tag } };
  });
}

async function put(path: string, bytes: Uint8Array | string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, bytes);
}
