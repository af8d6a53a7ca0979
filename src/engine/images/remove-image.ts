import { type ImageID, shortID } from "../../shared/oci/digest.js";
import { familiarString, type ImageReference } from "../../shared/reference/reference.js";
import { ImageError, type ImageStore } from "./image-store.js";
import {
  isDigestReference,
  isSingleReference,
  parseImageReference,
  type References,
  repositoryOf,
} from "./references.js";

export type RemoveOptions = Parameters<ImageStore["remove"]>[1];
export type RemoveRecord = ReturnType<ImageStore["remove"]>[number];

/** What removal needs of the store. */
export interface RemovableImages {
  readonly references: References;
  children(id: ImageID): ImageID[];
  parentOf(id: ImageID): ImageID | undefined;
  /** Deletes the image; @returns ChainIDs of the layer stacks that no other image has, topmost first. */
  delete(id: ImageID): string[];
}

interface Conflict {
  message: string;
  /** --force does not help. */
  isHard: boolean;
  /** A container is what is in the way. */
  isUse: boolean;
}

/** The rules of `docker rmi`: when a name goes, when the image goes with it, and what stands in the way. */
export class ImageRemoval {
  readonly #images: RemovableImages;
  readonly #options: RemoveOptions;
  readonly #records: RemoveRecord[] = [];

  constructor(images: RemovableImages, options: RemoveOptions) {
    this.#images = images;
    this.#options = options;
  }

  /** @param asked what the user wrote: an id or its beginning, or a reference. */
  remove(id: ImageID, asked: string): RemoveRecord[] {
    const isDone = isIDPrefix(id, asked) ? this.#untagAll(id) : this.#untag(id, asked);
    if (!isDone) this.#delete(id, this.#options.force, !isIDPrefix(id, asked));
    return this.#records;
  }

  /** By reference. @returns whether that finishes it, because other references remain. */
  #untag(id: ImageID, asked: string): boolean {
    const { references } = this.#images;
    const user = this.#options.inUse(id);
    if (!this.#options.force && isSingleReference(references.of(id)) && user)
      throw new ImageError(
        "conflict",
        `conflict: unable to remove repository reference "${asked}" (must force) - ` +
          `container ${shortID(user.id)} is using its referenced image ${shortID(id)}`,
      );
    const reference = parseImageReference(asked);
    this.#untagOne(reference);
    if (!isDigestReference(reference)) this.#unpin(id, repositoryOf(reference));
    return references.of(id).length > 0;
  }

  /** Digests of a repository go with its last tag. */
  #unpin(id: ImageID, repository: string): void {
    const same = this.#images.references.of(id).filter((reference) => repositoryOf(reference) === repository);
    if (same.every(isDigestReference)) for (const reference of same) this.#untagOne(reference);
  }

  /** By id: all names go if they are of one repository, unless a container stands in the way. */
  #untagAll(id: ImageID): boolean {
    const references = this.#images.references.of(id);
    if (!isSingleReference(references)) return false;
    const conflict = this.#conflict(id, this.#options.force, false);
    if (conflict) throw conflictError(id, conflict);
    for (const reference of references) this.#untagOne(reference);
    return false;
  }

  #untagOne(reference: ImageReference): void {
    this.#records.push({ untagged: this.#images.references.delete(reference) });
  }

  #delete(id: ImageID, force: boolean, isQuiet: boolean): void {
    const { references } = this.#images;
    const conflict = this.#conflict(id, force, true);
    if (conflict) {
      const isDangling = references.of(id).length === 0 && this.#images.children(id).length === 0;
      if (isQuiet && (!isDangling || conflict.isUse)) return;
      throw conflictError(id, conflict);
    }
    const parent = this.#images.parentOf(id);
    for (const reference of references.of(id)) this.#records.push({ untagged: references.delete(reference) });
    const stacks = this.#images.delete(id);
    this.#records.push({ deleted: id });
    // A stopped container keeps the layers of an image that was removed by force.
    if (!this.#options.inUse(id)) for (const deleted of stacks) this.#records.push({ deleted });
    if (this.#options.prune && parent && references.of(parent).length === 0) this.#delete(parent, false, true);
  }

  #conflict(id: ImageID, force: boolean, mindsReferences: boolean): Conflict | undefined {
    const user = this.#options.inUse(id);
    const use = (state: string) => `image is being used by ${state} container ${shortID(user!.id)}`;
    if (this.#images.children(id).length > 0)
      return { message: "image has dependent child images", isHard: true, isUse: false };
    if (user?.running) return { message: use("running"), isHard: true, isUse: true };
    if (force) return undefined;
    if (mindsReferences && this.#images.references.of(id).length > 0)
      return { message: "image is referenced in multiple repositories", isHard: false, isUse: false };
    return user && { message: use("stopped"), isHard: false, isUse: true };
  }
}

function conflictError(id: ImageID, { message, isHard }: Conflict): ImageError {
  const how = isHard ? "cannot be forced" : "must be forced";
  return new ImageError("conflict", `conflict: unable to delete ${shortID(id)} (${how}) - ${message}`);
}

/** Whether `text` is an id, with or without `sha256:`, or the beginning of one. */
export function isIDPrefix(id: ImageID, text: string): boolean {
  return text !== "" && (id.startsWith(text) || id.slice("sha256:".length).startsWith(text));
}

/** Docker's words for an image that is not there. */
export function noSuchImage(text: string): ImageError {
  if (/^(sha256:)?[0-9a-f]{64}$/.test(text))
    return new ImageError("not-found", `No such image: ${text.startsWith("sha256:") ? text : `sha256:${text}`}`);
  const { tag, digest, ...rest } = parseImageReference(text);
  const named = tag || digest ? { ...rest, tag, digest } : { ...rest, tag: "latest" };
  return new ImageError("not-found", `No such image: ${familiarString(named)}`);
}
