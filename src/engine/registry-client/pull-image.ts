import type { DiffID, LayerDigest, ManifestDigest } from "../../shared/oci/digest.js";
import { type Descriptor, type ImageConfig, PLATFORM } from "../../shared/oci/image.js";
import {
  canonicalString,
  familiarName,
  familiarString,
  type ImageReference,
  withDefaultTag,
} from "../../shared/reference/reference.js";
import { gunzip, isGzip } from "../content/gunzip.js";
import { ContentError } from "../content/store.js";
import { imageConfig, readDocument } from "../images/documents.js";
import type { Image, ImageStore } from "../images/image-store.js";
import { LayerError, type LayerStore } from "../layers/layer-store.js";
import type { RegistryClient } from "./registry-client.js";
import { RegistryError } from "./registry-error.js";

export interface PullOptions {
  registry: RegistryClient;
  images: ImageStore;
  layers: LayerStore;
  onProgress?(progress: PullProgress): void;
  signal?: AbortSignal;
  /** Most bytes of one decompressed layer. Default 2 GiB. */
  maxLayerBytes?: number;
}

/** How one layer fares, in the order of Docker's words: Pulling fs layer, Downloading, Download complete, … */
export interface PullProgress {
  layer: LayerDigest;
  status: "waiting" | "exists" | "downloading" | "downloaded" | "extracting" | "complete";
  /** Downloaded so far, and in all. */
  bytes: number;
  totalBytes: number;
}

export interface PulledImage {
  image: Image;
  /** Of the manifest or index that the reference names. */
  digest: ManifestDigest;
  /** The reference named another image before, or none. */
  isNew: boolean;
}

/** As many as Docker downloads at once. */
const CONCURRENT_LAYERS = 3;

/**
 * Pulls the image for linux/386 that `reference` names: only layers that are not here are fetched. The image appears,
 * tagged and pinned to its digest, when all of it is here.
 * @throws {RegistryError} in Docker's words; the signal's reason when it is aborted.
 */
export async function pullImage(reference: ImageReference, options: PullOptions): Promise<PulledImage> {
  const { registry, images, signal } = options;
  const named = withDefaultTag(reference);
  const before = images.find(canonicalString(named))?.id;
  const { digest, manifest } = await registry.resolve(named, { signal });
  const configBytes = await registry.fetchBlob(named, manifest.config, { signal });
  const config = parseConfig(configBytes, named);
  if (config.rootfs.diff_ids.length !== manifest.layers.length)
    throw new RegistryError(
      "invalid",
      `${familiarString(named)} has ${manifest.layers.length} layers, its configuration ${config.rootfs.diff_ids.length}`,
    );
  await pullLayers(named, manifest.layers, config.rootfs.diff_ids, options);
  signal?.throwIfAborted();
  const { id } = await images.add(configBytes);
  images.pin(id, familiarName(named), digest);
  if (named.tag && !named.digest) images.tag(id, familiarString(named));
  return { image: images.resolve(id), digest, isNew: before !== id };
}

function parseConfig(bytes: Uint8Array, reference: ImageReference): ImageConfig {
  const fail = (problem: string) =>
    new RegistryError("invalid", `configuration of ${familiarString(reference)} ${problem}`);
  const config = readDocument(imageConfig, bytes, fail);
  const found = `${config.os}/${config.architecture}`;
  const wanted = `${PLATFORM.os}/${PLATFORM.architecture}`;
  if (found !== wanted)
    throw new RegistryError(
      "platform",
      `image with reference ${familiarString(reference)} was found but its platform (${found}) ` +
        `does not match the specified platform (${wanted})`,
    );
  return config;
}

async function pullLayers(
  reference: ImageReference,
  descriptors: readonly Descriptor[],
  diffIDs: readonly DiffID[],
  options: PullOptions,
): Promise<void> {
  const pending = descriptors.map((descriptor, index) => ({ descriptor, diffID: diffIDs[index]! }));
  for (const { descriptor, diffID } of pending)
    report(options, descriptor, options.layers.get(diffID) ? "exists" : "waiting", 0);
  const missing = pending.filter(({ diffID }) => !options.layers.get(diffID));
  // One failure stops the other downloads.
  const failure = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, failure.signal]) : failure.signal;
  const work = async () => {
    for (let next = missing.shift(); next; next = missing.shift())
      await pullLayer(reference, next.descriptor, next.diffID, { ...options, signal });
  };
  try {
    await Promise.all(Array.from({ length: CONCURRENT_LAYERS }, work));
  } catch (error) {
    failure.abort(error);
    throw options.signal?.aborted ? options.signal.reason : error;
  }
}

async function pullLayer(reference: ImageReference, descriptor: Descriptor, diffID: DiffID, options: PullOptions) {
  const { registry, layers, signal, maxLayerBytes = 2 ** 31 } = options;
  if (/zstd/.test(descriptor.mediaType))
    throw new RegistryError(
      "invalid",
      `layer ${descriptor.digest} has the unsupported media type ${descriptor.mediaType}`,
    );
  const onProgress = (bytes: number) => report(options, descriptor, "downloading", bytes);
  const blob = await registry.fetchBlob(reference, descriptor, { signal, onProgress });
  signal?.throwIfAborted();
  report(options, descriptor, "downloaded", blob.length);
  report(options, descriptor, "extracting", blob.length);
  try {
    await layers.apply(isGzip(blob) ? await gunzip(blob, maxLayerBytes) : blob, diffID);
  } catch (error) {
    if (!(error instanceof ContentError) && !(error instanceof LayerError)) throw error;
    const code = error instanceof ContentError && error.code === "too-large" ? "too-large" : "invalid";
    throw new RegistryError(code, `failed to register layer: ${error.message}`, { cause: error });
  }
  report(options, descriptor, "complete", blob.length);
}

function report(
  { onProgress }: PullOptions,
  { digest, size }: Descriptor,
  status: PullProgress["status"],
  bytes: number,
) {
  onProgress?.({ layer: digest, status, bytes, totalBytes: size });
}
