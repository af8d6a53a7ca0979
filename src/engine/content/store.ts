/**
 * The content store: blobs named by their digest, as the containerd content store has it. Blobs are *ingested* and,
 * when their digest is what was promised, *committed*; a committed blob never changes.
 */
import type { Digest } from "../../shared/oci/digest.js";

export interface ContentStore {
  /**
   * Hashes and keeps `bytes`.
   * @throws {ContentError} `digest-mismatch` naming both digests, when `expected` is given and differs.
   */
  ingest(bytes: Uint8Array, expected?: Digest): Promise<Digest>;
  has(digest: Digest): boolean;
  /** @throws {ContentError} `not-found` naming the digest. */
  read(digest: Digest): Uint8Array;
  remove(digest: Digest): void;
  list(): Iterable<{ digest: Digest; size: number }>;
}

export class ContentError extends Error {
  override name = "ContentError";
  constructor(
    readonly code: "not-found" | "digest-mismatch" | "malformed" | "too-large",
    message: string,
  ) {
    super(message);
  }
}
