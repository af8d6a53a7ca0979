import type { DiffID, ImageID, ManifestDigest } from "../../shared/oci/digest.js";
import { familiarString, withDefaultTag } from "../../shared/reference/reference.js";
import { digestOf } from "../content/digest-of.js";
import type { LayerStore } from "../layers/layer-store.js";
import { chainIDs } from "./chain-ids.js";
import { imageConfig, readDocument } from "./documents.js";
import { secondsOf } from "./history.js";
import { type Image, ImageError, type ImageStore } from "./image-store.js";
import { isDigestReference, parseImageReference, References } from "./references.js";
import { ImageRemoval, isIDPrefix, noSuchImage, type RemovableImages, type RemoveOptions } from "./remove-image.js";

type Stored = Omit<Image, "tags" | "digests"> & { chain: readonly string[] };

/** Images in the page's memory. An image's tags are as they were when it was asked for. */
export class MemoryImageStore implements ImageStore {
  readonly #images = new Map<ImageID, Stored>();
  readonly #references = new References();
  readonly #layers: Pick<LayerStore, "get">;

  constructor(layers: Pick<LayerStore, "get">) {
    this.#layers = layers;
  }

  async add(configBytes: Uint8Array, { parent }: { parent?: ImageID } = {}): Promise<Image> {
    const id: ImageID = await digestOf(configBytes);
    if (!this.#images.has(id)) {
      const config = readDocument(imageConfig, configBytes, notAConfig);
      const size = this.#sizeOf(id, config.rootfs.diff_ids);
      const chain = await chainIDs(config.rootfs.diff_ids);
      this.#images.set(id, { id, config, configBytes, size, createdSeconds: secondsOf(config.created), parent, chain });
    }
    return this.#view(this.#images.get(id)!);
  }

  tag(id: ImageID, reference: string): void {
    if (!this.#images.has(id)) throw noSuchImage(id);
    const parsed = parseImageReference(reference);
    if (isDigestReference(parsed)) throw new ImageError("invalid", "refusing to create a tag with a digest reference");
    if (parsed.path === "library/sha256")
      throw new ImageError("invalid", "refusing to create an ambiguous tag using digest algorithm as name");
    this.#references.set(withDefaultTag(parsed), id);
  }

  pin(id: ImageID, name: string, digest: ManifestDigest): void {
    if (!this.#images.has(id)) throw noSuchImage(id);
    const { domain, path } = parseImageReference(name);
    this.#references.set({ domain, path, digest }, id);
  }

  resolve(reference: string): Image {
    const id = this.#idOf(reference);
    if (!id) throw noSuchImage(reference);
    return this.#view(this.#images.get(id)!);
  }

  find(reference: string): Image | undefined {
    try {
      return this.resolve(reference);
    } catch (error) {
      if (error instanceof ImageError && error.code === "not-found") return undefined;
      throw error;
    }
  }

  list(): Image[] {
    return [...this.#images.values()]
      .sort((a, b) => b.createdSeconds - a.createdSeconds || (a.id < b.id ? -1 : 1))
      .map((stored) => this.#view(stored));
  }

  remove(reference: string, options: RemoveOptions) {
    const { id } = this.resolve(reference);
    return new ImageRemoval(this.#removable(), options).remove(id, reference);
  }

  heldLayers(): Set<DiffID> {
    return new Set([...this.#images.values()].flatMap(({ config }) => config.rootfs.diff_ids));
  }

  #view({ chain, ...image }: Stored): Image {
    const references = this.#references.of(image.id);
    return {
      ...image,
      tags: references
        .filter((each) => !isDigestReference(each))
        .map(familiarString)
        .sort(),
      digests: references.filter(isDigestReference).map(familiarString).sort(),
    };
  }

  /** A reference comes before an id; both can look the same. */
  #idOf(text: string): ImageID | undefined {
    if (!/^(sha256:)?[0-9a-f]{64}$/.test(text)) {
      const byName = text.startsWith("sha256:") ? undefined : this.#references.get(parseImageReference(text));
      if (byName) return byName;
    }
    const matches = /^(sha256:)?[0-9a-f]+$/.test(text)
      ? [...this.#images.keys()].filter((id) => isIDPrefix(id, text))
      : [];
    if (matches.length > 1)
      throw new ImageError("ambiguous", `image id ${text} is ambiguous: ${matches.length} images`);
    return matches[0];
  }

  #sizeOf(id: ImageID, diffIDs: readonly DiffID[]): number {
    return diffIDs.reduce((sum, diffID) => {
      const layer = this.#layers.get(diffID);
      if (!layer) throw new ImageError("invalid", `image ${id} has a layer that is not here: ${diffID}`);
      return sum + layer.size;
    }, 0);
  }

  #removable(): RemovableImages {
    return {
      references: this.#references,
      children: (id) => [...this.#images.values()].filter(({ parent }) => parent === id).map((child) => child.id),
      parentOf: (id) => {
        const parent = this.#images.get(id)?.parent;
        return parent && this.#images.has(parent) ? parent : undefined;
      },
      delete: (id) => {
        const chain = this.#images.get(id)?.chain ?? [];
        this.#images.delete(id);
        const held = new Set([...this.#images.values()].flatMap((image) => image.chain));
        return chain.filter((stack) => !held.has(stack)).reverse();
      },
    };
  }
}

const notAConfig = (problem: string) => new ImageError("invalid", `image configuration ${problem}`);
