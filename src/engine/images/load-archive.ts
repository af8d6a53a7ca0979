import type { DiffID, Digest } from "../../shared/oci/digest.js";
import { type Descriptor, type ImageIndex, PLATFORM } from "../../shared/oci/image.js";
import { familiarString, withDefaultTag } from "../../shared/reference/reference.js";
import { gunzip, isGzip } from "../content/gunzip.js";
import { ContentError } from "../content/store.js";
import { LayerError, type LayerStore } from "../layers/layer-store.js";
import { ArchiveFiles } from "./archive-files.js";
import {
  archiveManifest,
  entryForThisMachine,
  imageConfig,
  imageIndex,
  readDocument,
  readManifestOrIndex,
} from "./documents.js";
import { type Image, ImageError, type ImageStore } from "./image-store.js";
import { parseImageReference } from "./references.js";

export interface LoadedImage {
  image: Image;
  /** Tags that were set, in familiar form; none for an archive without names. */
  tags: string[];
}

export interface LoadInto {
  images: ImageStore;
  layers: LayerStore;
  /** Most bytes of a decompressed archive or layer. Default 2 GiB. */
  maxBytes?: number;
}

/** One image as an archive describes it, its layers still packed. */
interface Packed {
  config: Uint8Array;
  layers: Uint8Array[];
  names: string[];
}

/**
 * Takes the images of a docker-archive (`docker save`, old and new) or of an OCI layout in a tar, either gzipped or
 * not, with layers gzipped or not.
 * @throws {ImageError} `invalid` for what is damaged, or does not have the digests it promises.
 */
export async function loadArchive(archive: Uint8Array, into: LoadInto): Promise<LoadedImage[]> {
  const maxBytes = into.maxBytes ?? 2 ** 31;
  const files = new ArchiveFiles(await unpacked(archive, maxBytes));
  const loaded: LoadedImage[] = [];
  for (const packed of await packedImages(files)) loaded.push(await load(packed, into, maxBytes));
  return loaded;
}

async function packedImages(files: ArchiveFiles): Promise<Packed[]> {
  if (files.find("manifest.json")) return dockerImages(files);
  if (files.find("index.json")) return layoutImages(files);
  throw new ImageError("invalid", "archive: neither manifest.json nor index.json in it");
}

function dockerImages(files: ArchiveFiles): Packed[] {
  const manifests = readDocument(archiveManifest, files.read("manifest.json"), notA("manifest.json"));
  return manifests.map(({ Config, RepoTags, Layers }) => ({
    config: files.read(Config),
    layers: Layers.map((path) => files.read(path)),
    names: RepoTags,
  }));
}

/** Of a document in the archive. */
const notA = (name: string) => (problem: string) => new ImageError("invalid", `archive: ${name} ${problem}`);

/** Entries with the same digest are one image under several names. */
async function layoutImages(files: ArchiveFiles): Promise<Packed[]> {
  const images = new Map<Digest, Packed>();
  const { manifests } = readDocument(imageIndex, files.read("index.json"), notA("index.json"));
  for (const descriptor of manifests) {
    const found = images.get(descriptor.digest) ?? (await layoutImage(files, descriptor));
    found.names.push(...namesOf(descriptor));
    images.set(descriptor.digest, found);
  }
  return [...images.values()];
}

async function layoutImage(files: ArchiveFiles, { digest }: Descriptor): Promise<Packed> {
  const document = readManifestOrIndex(await files.readBlob(digest), notA(digest));
  if ("manifests" in document) return layoutImage(files, forThisMachine(document));
  const layers: Uint8Array[] = [];
  for (const layer of document.layers) layers.push(await files.readBlob(layer.digest));
  return { config: await files.readBlob(document.config.digest), layers, names: [] };
}

function forThisMachine(index: ImageIndex): Descriptor {
  const found = entryForThisMachine(index);
  if (!found)
    throw new ImageError("invalid", `archive: no image for ${PLATFORM.os}/${PLATFORM.architecture} in its index`);
  return found;
}

/** The full name where the writer gave it; a bare tag says nothing of the name. */
function namesOf({ annotations = {} }: Descriptor): string[] {
  const name = annotations["io.containerd.image.name"] ?? annotations["org.opencontainers.image.ref.name"];
  return name && /[:/]/.test(name) ? [name] : [];
}

async function load({ config, layers, names }: Packed, into: LoadInto, maxBytes: number): Promise<LoadedImage> {
  const diffIDs = readDocument(imageConfig, config, notA("image configuration")).rootfs.diff_ids;
  if (diffIDs.length !== layers.length)
    throw new ImageError(
      "invalid",
      `invalid manifest, layers length mismatch: expected ${diffIDs.length}, got ${layers.length}`,
    );
  for (const [index, diffID] of diffIDs.entries()) await applyLayer(layers[index]!, diffID, index, into, maxBytes);
  const { id } = await into.images.add(config);
  const tags = names.map((name) => withDefaultTag(parseImageReference(name))).map(familiarString);
  for (const tag of tags) into.images.tag(id, tag);
  return { image: into.images.resolve(id), tags };
}

async function applyLayer(bytes: Uint8Array, diffID: DiffID, index: number, into: LoadInto, maxBytes: number) {
  if (into.layers.get(diffID)) return;
  // A layer keeps its tar for good; a copy lets go of the archive around it.
  const tar = isGzip(bytes) ? await unpacked(bytes, maxBytes) : bytes.slice();
  try {
    await into.layers.apply(tar, diffID);
  } catch (error) {
    throw error instanceof LayerError ? new ImageError("invalid", `layer ${index}: ${error.message}`) : error;
  }
}

async function unpacked(bytes: Uint8Array, maxBytes: number): Promise<Uint8Array> {
  if (!isGzip(bytes)) return bytes;
  try {
    return await gunzip(bytes, maxBytes);
  } catch (error) {
    throw error instanceof ContentError ? new ImageError("invalid", `archive: ${error.message}`) : error;
  }
}
