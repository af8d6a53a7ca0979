/**
 * The image store: images by ImageID, and the references (`name:tag`, `name@digest`) that point at them.
 *
 * An image here always has its config, its manifest and all its layers: it is added whole or not at all.
 */
import type { DiffID, ImageID, ManifestDigest } from "../../shared/oci/digest.js";
import type { ImageConfig } from "../../shared/oci/image.js";

export interface Image {
  readonly id: ImageID;
  readonly config: ImageConfig;
  /** The config's bytes, whose digest is `id`. */
  readonly configBytes: Uint8Array;
  /** Sum of the layers' sizes (files' bytes): what `docker images` calls SIZE. */
  readonly size: number;
  /** Seconds since 1970. */
  readonly createdSeconds: number;
  /** `name:tag`, familiar form (`busybox:latest`), sorted. */
  readonly tags: readonly string[];
  /** `name@sha256:…` of manifests it was pulled by. */
  readonly digests: readonly string[];
  /** Image it was built from, when that is known here. */
  readonly parent?: ImageID;
}

export interface ImageStore {
  /** Adds an image whose layers are all in the layer store; returns the one already there if the id is known. */
  add(configBytes: Uint8Array, options?: { parent?: ImageID }): Promise<Image>;
  tag(id: ImageID, reference: string): void;
  /** Records `name@digest` for an image that was pulled. */
  pin(id: ImageID, name: string, digest: ManifestDigest): void;
  /** By `name[:tag]`, `name@digest`, full id or unambiguous id prefix. @throws {ImageError} `not-found`, `ambiguous`. */
  resolve(reference: string): Image;
  find(reference: string): Image | undefined;
  list(): Image[];
  /**
   * As `docker rmi`: untags, and deletes the image with its last tag. `inUse` says which container keeps an image.
   * @throws {ImageError} `conflict`, with Docker's words.
   */
  remove(
    reference: string,
    options: { force: boolean; prune: boolean; inUse(id: ImageID): { id: string; running: boolean } | undefined },
  ): { untagged?: string; deleted?: string }[];
  /** Layers that some image holds. */
  heldLayers(): Set<DiffID>;
}

export class ImageError extends Error {
  override name = "ImageError";
  constructor(
    readonly code: "not-found" | "ambiguous" | "conflict" | "invalid",
    message: string,
  ) {
    super(message);
  }
}
