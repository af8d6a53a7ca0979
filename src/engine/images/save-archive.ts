import { EPOCH } from "../../shared/files/file-attributes.js";
import { type Digest, digestHex, type ManifestDigest } from "../../shared/oci/digest.js";
import { type Descriptor, type ImageManifest, MediaType } from "../../shared/oci/image.js";
import { canonicalString, parseReference } from "../../shared/reference/reference.js";
import type { TarEntry } from "../../shared/tar/entry.js";
import { writeTar } from "../../shared/tar/write-tar.js";
import { encodeUtf8 } from "../../shared/text/utf8.js";
import { digestOf } from "../content/digest-of.js";
import type { LayerStore } from "../layers/layer-store.js";
import type { Image } from "./image-store.js";
import type { SavedImage } from "./select-for-save.js";

/**
 * One tar that is an OCI image layout (oci-layout, index.json, blobs/) and a docker-archive (manifest.json,
 * repositories) at once, as `docker save` makes since Docker 25. Layers are stored as they are, uncompressed.
 */
export async function saveArchive(saved: readonly SavedImage[], layers: Pick<LayerStore, "tar">): Promise<Uint8Array> {
  const blobs = new Map<Digest, Uint8Array>();
  const manifests: (SavedImage & { descriptor: Descriptor })[] = [];
  for (const { image, tags } of saved) {
    const manifest = encodeJSON(manifestOf(image, layers));
    const digest = await digestOf(manifest);
    blobs.set(digest, manifest);
    blobs.set(image.id, image.configBytes);
    for (const diffID of image.config.rootfs.diff_ids) blobs.set(diffID, layers.tar(diffID));
    manifests.push({ image, tags, descriptor: { mediaType: MediaType.ociManifest, digest, size: manifest.length } });
  }
  const documents = {
    "index.json": indexOf(manifests),
    "manifest.json": saved.map((each) => dockerManifest(each, layers)),
    "oci-layout": { imageLayoutVersion: "1.0.0" },
    ...(manifests.some(({ tags }) => tags.length > 0) && { repositories: repositoriesOf(saved) }),
  };
  return writeTar([
    directory("blobs"),
    directory("blobs/sha256"),
    ...[...blobs].sort(([a], [b]) => (a < b ? -1 : 1)).map(([digest, bytes]) => file(blobPath(digest), bytes)),
    ...Object.entries(documents).map(([path, document]) => file(path, encodeJSON(document))),
  ]);
}

/** The manifest of an image with uncompressed layers: what `saveArchive` writes, and what a push can send. */
export function manifestOf(image: Image, layers: Pick<LayerStore, "tar">): ImageManifest {
  return {
    schemaVersion: 2,
    mediaType: MediaType.ociManifest,
    config: { mediaType: MediaType.ociConfig, digest: image.id, size: image.configBytes.length },
    layers: image.config.rootfs.diff_ids.map((digest) => ({
      mediaType: MediaType.ociLayerTar,
      digest,
      size: layers.tar(digest).length,
    })),
  };
}

export async function manifestDigestOf(image: Image, layers: Pick<LayerStore, "tar">): Promise<ManifestDigest> {
  return digestOf(encodeJSON(manifestOf(image, layers)));
}

/** One entry for each name, as an index has no other place for them. */
function indexOf(manifests: readonly (SavedImage & { descriptor: Descriptor })[]) {
  const entries = manifests.flatMap(({ tags, descriptor }) =>
    tags.length === 0 ? [descriptor] : tags.map((tag) => ({ ...descriptor, annotations: annotationsOf(tag) })),
  );
  return { schemaVersion: 2, mediaType: MediaType.ociIndex, manifests: entries };
}

function annotationsOf(tag: string): Record<string, string> {
  const reference = parseReference(tag);
  return {
    "io.containerd.image.name": canonicalString(reference),
    "org.opencontainers.image.ref.name": reference.tag ?? "",
  };
}

function dockerManifest({ image, tags }: SavedImage, layers: Pick<LayerStore, "tar">) {
  const diffIDs = image.config.rootfs.diff_ids;
  const sources = diffIDs.map((digest) => [
    digest,
    { mediaType: MediaType.ociLayerTar, size: layers.tar(digest).length, digest },
  ]);
  return {
    Config: blobPath(image.id),
    RepoTags: tags.length > 0 ? tags : null,
    Layers: diffIDs.map(blobPath),
    LayerSources: Object.fromEntries(sources),
  };
}

/** The form before manifest.json: repository, tag, topmost layer. */
function repositoriesOf(saved: readonly SavedImage[]): Record<string, Record<string, string>> {
  const repositories: Record<string, Record<string, string>> = {};
  for (const { image, tags } of saved) {
    const topmost = image.config.rootfs.diff_ids.at(-1);
    for (const name of topmost === undefined ? [] : tags) {
      const colon = name.lastIndexOf(":");
      const repository = name.slice(0, colon);
      repositories[repository] = { ...repositories[repository], [name.slice(colon + 1)]: digestHex(topmost!) };
    }
  }
  return repositories;
}

function blobPath(digest: Digest): string {
  return `blobs/sha256/${digestHex(digest)}`;
}

function encodeJSON(document: unknown): Uint8Array {
  return encodeUtf8(JSON.stringify(document));
}

function directory(path: string): TarEntry {
  return { path, type: "directory", mode: 0o755, uid: 0, gid: 0, mtime: EPOCH };
}

function file(path: string, contents: Uint8Array): TarEntry {
  return { path, type: "file", mode: 0o644, uid: 0, gid: 0, mtime: EPOCH, contents };
}
