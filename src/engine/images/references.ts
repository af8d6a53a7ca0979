import type { ImageID } from "../../shared/oci/digest.js";
import {
  canonicalString,
  familiarString,
  type ImageReference,
  InvalidReference,
  parseReference,
  withDefaultTag,
} from "../../shared/reference/reference.js";
import { ImageError } from "./image-store.js";

/** Which image each `name:tag` and `name@digest` points at. */
export class References {
  readonly #byCanonical = new Map<string, { reference: ImageReference; id: ImageID }>();

  set(reference: ImageReference, id: ImageID): void {
    this.#byCanonical.set(canonicalString(reference), { reference, id });
  }

  get(reference: ImageReference): ImageID | undefined {
    return this.#byCanonical.get(keyOf(reference))?.id;
  }

  /** @returns the familiar form of what was there. */
  delete(reference: ImageReference): string {
    const key = keyOf(reference);
    const there = this.#byCanonical.get(key);
    this.#byCanonical.delete(key);
    return familiarString(there?.reference ?? reference);
  }

  /** All that point at `id`, sorted by their canonical form. */
  of(id: ImageID): ImageReference[] {
    return [...this.#byCanonical]
      .filter(([, entry]) => entry.id === id)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, { reference }]) => reference);
  }
}

/** A reference with both tag and digest stands for the digest. */
function keyOf(reference: ImageReference): string {
  return canonicalString(reference.digest ? { ...reference, tag: undefined } : withDefaultTag(reference));
}

/** @throws {ImageError} `invalid`, with Docker's words. */
export function parseImageReference(text: string): ImageReference {
  try {
    return parseReference(text);
  } catch (error) {
    throw error instanceof InvalidReference ? new ImageError("invalid", error.message) : error;
  }
}

export function isDigestReference({ digest }: ImageReference): boolean {
  return digest !== undefined;
}

export function repositoryOf({ domain, path }: ImageReference): string {
  return `${domain}/${path}`;
}

/** Docker's sense of "one name": a single reference, or one tag and digests of its repository. */
export function isSingleReference(references: readonly ImageReference[]): boolean {
  if (references.length <= 1) return true;
  const tags = references.filter((reference) => !isDigestReference(reference));
  const pinned = new Set(references.filter(isDigestReference).map(repositoryOf));
  return tags.length <= 1 && pinned.size === 1 && pinned.has(repositoryOf(tags[0] ?? references[0]!));
}
