/**
 * Digests as the OCI image specification writes them (`sha256:<64 hex>`), as distinct types so that
 * the digest of a compressed blob cannot stand where the digest of its tar is wanted.
 */
declare const kind: unique symbol;

export type Digest = `sha256:${string}`;

/** Digest of a layer blob as stored and transferred (usually compressed). */
export type LayerDigest = Digest & { readonly [kind]?: "layer" };
/** Digest of a layer's uncompressed tar. */
export type DiffID = Digest & { readonly [kind]?: "diff" };
/** Digest naming a stack of layers (image-spec, config.md, "Layer ChainID"). */
export type ChainID = Digest & { readonly [kind]?: "chain" };
/** Digest of an image's configuration: what `docker images` shows, shortened, as IMAGE ID. */
export type ImageID = Digest & { readonly [kind]?: "image" };
/** Digest of a manifest or index. */
export type ManifestDigest = Digest & { readonly [kind]?: "manifest" };

const PATTERN = /^sha256:[0-9a-f]{64}$/;

export function isDigest(text: string): text is Digest {
  return PATTERN.test(text);
}

/** @throws {RangeError} naming the text, if it is not `sha256:` and 64 lower-case hex digits. */
export function parseDigest(text: string): Digest {
  if (!isDigest(text)) throw new RangeError(`invalid digest "${text}": expected sha256:<64 hex digits>`);
  return text;
}

/** The 64 hex digits. */
export function digestHex(digest: Digest): string {
  return digest.slice("sha256:".length);
}

/** The twelve hex digits that Docker prints for an id. */
export function shortID(digestOrHex: string): string {
  return digestOrHex.replace(/^sha256:/, "").slice(0, 12);
}

export function hexOf(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += byte.toString(16).padStart(2, "0");
  return text;
}
