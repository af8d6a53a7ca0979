import type { Digest } from "../../shared/oci/digest.js";
import { digestOf } from "./digest-of.js";
import { ContentError, type ContentStore } from "./store.js";

/** Blobs in the page's memory. What is ingested is kept as it is, not copied. */
export class MemoryContentStore implements ContentStore {
  readonly #blobs = new Map<Digest, Uint8Array>();

  async ingest(bytes: Uint8Array, expected?: Digest): Promise<Digest> {
    const digest = await digestOf(bytes);
    if (expected !== undefined && digest !== expected)
      throw new ContentError("digest-mismatch", `content has digest ${digest}, not ${expected} as was promised`);
    if (!this.#blobs.has(digest)) this.#blobs.set(digest, bytes);
    return digest;
  }

  has(digest: Digest): boolean {
    return this.#blobs.has(digest);
  }

  read(digest: Digest): Uint8Array {
    const bytes = this.#blobs.get(digest);
    if (!bytes) throw new ContentError("not-found", `no content ${digest}`);
    return bytes;
  }

  remove(digest: Digest): void {
    this.#blobs.delete(digest);
  }

  *list(): Iterable<{ digest: Digest; size: number }> {
    for (const [digest, bytes] of this.#blobs) yield { digest, size: bytes.length };
  }
}
