import type { Digest, ManifestDigest } from "../../shared/oci/digest.js";
import { isDigest } from "../../shared/oci/digest.js";
import { type Descriptor, type ImageIndex, type ImageManifest, MediaType, PLATFORM } from "../../shared/oci/image.js";
import { DEFAULT_TAG, familiarName, familiarString, type ImageReference } from "../../shared/reference/reference.js";
import { decodeUtf8 } from "../../shared/text/utf8.js";
import { digestOf } from "../content/digest-of.js";
import { entryForThisMachine, readManifestOrIndex } from "../images/documents.js";
import { AuthorizedFetch, abandon, type Fetch } from "./authorized-fetch.js";
import { type Mirrors, repositoryURL } from "./endpoint.js";
import { readBody } from "./read-body.js";
import { RegistryError } from "./registry-error.js";

export interface RegistryClientOptions {
  /** Default: the platform's. */
  fetch?: Fetch;
  /** Base addresses by registry host, such as `{ "docker.io": "https://site/registry/" }`. */
  mirrors?: Mirrors;
  /** Most bytes of one blob. Default 2 GiB. */
  maxBlobBytes?: number;
}

export interface ResolvedManifest {
  /** Of what the reference names: the index where there is one. It is what `docker pull` prints. */
  digest: ManifestDigest;
  /** Of the manifest for linux/386. */
  manifestDigest: ManifestDigest;
  manifest: ImageManifest;
}

export interface BlobOptions {
  signal?: AbortSignal;
  /** Bytes so far. */
  onProgress?(bytes: number): void;
}

/** The reading half of the distribution API. */
export interface RegistryClient {
  /** @throws {RegistryError} in Docker's words. */
  resolve(reference: ImageReference, options?: { signal?: AbortSignal }): Promise<ResolvedManifest>;
  /** The blob's bytes, whose digest is checked. @throws {RegistryError}. */
  fetchBlob(reference: ImageReference, descriptor: Descriptor, options?: BlobOptions): Promise<Uint8Array>;
}

const MAX_MANIFEST_BYTES = 4 << 20;
const ACCEPT = [MediaType.ociIndex, MediaType.ociManifest, MediaType.dockerManifestList, MediaType.dockerManifest].join(
  ", ",
);

export function createRegistryClient(options: RegistryClientOptions = {}): RegistryClient {
  return new DistributionClient(options);
}

class DistributionClient implements RegistryClient {
  readonly #fetch: AuthorizedFetch;
  readonly #mirrors: Mirrors;
  readonly #maxBlobBytes: number;

  constructor({
    fetch = (url, init) => globalThis.fetch(url, init),
    mirrors = {},
    maxBlobBytes = 2 ** 31,
  }: RegistryClientOptions) {
    this.#fetch = new AuthorizedFetch(fetch);
    this.#mirrors = mirrors;
    this.#maxBlobBytes = maxBlobBytes;
  }

  async resolve(reference: ImageReference, { signal }: { signal?: AbortSignal } = {}): Promise<ResolvedManifest> {
    const first = await this.#manifest(reference, reference.digest ?? reference.tag ?? DEFAULT_TAG, signal);
    if (!("manifests" in first.document))
      return { digest: first.digest, manifestDigest: first.digest, manifest: first.document };
    const { digest } = forThisMachine(first.document);
    const second = await this.#manifest(reference, digest, signal);
    if ("manifests" in second.document)
      throw new RegistryError(
        "invalid",
        `index ${first.digest} of ${familiarString(reference)} points at another index`,
      );
    return { digest: first.digest, manifestDigest: second.digest, manifest: second.document };
  }

  async fetchBlob(reference: ImageReference, { digest, size }: Descriptor, options: BlobOptions = {}) {
    if (!isDigest(digest)) throw new RegistryError("invalid", `invalid digest ${JSON.stringify(digest)} in a manifest`);
    if (!Number.isSafeInteger(size) || size < 0 || size > this.#maxBlobBytes)
      throw new RegistryError("too-large", `blob ${digest} of ${size} bytes exceeds ${this.#maxBlobBytes}`);
    const { signal, onProgress } = options;
    const response = await this.#get(reference, `blobs/${digest}`, { signal });
    const bytes = await readBody(response, { maxBytes: size, expectedBytes: size, what: `blob ${digest}`, onProgress });
    await checkDigest(bytes, digest);
    return bytes;
  }

  async #manifest(reference: ImageReference, target: string, signal: AbortSignal | undefined) {
    const response = await this.#get(reference, `manifests/${target}`, { signal, headers: { Accept: ACCEPT } });
    const what = `manifest of ${familiarString(reference)}`;
    const bytes = await readBody(response, { maxBytes: MAX_MANIFEST_BYTES, what });
    // A server that answers every address with its page has no such manifest.
    if (decodeUtf8(bytes.subarray(0, 64)).trimStart().startsWith("<")) throw manifestUnknown(reference);
    const digest = isDigest(target) ? await checkDigest(bytes, target) : await digestOf(bytes);
    return {
      digest,
      document: readManifestOrIndex(bytes, (problem) => new RegistryError("invalid", `${what} ${problem}`)),
    };
  }

  async #get(
    reference: ImageReference,
    path: string,
    init: { headers?: Record<string, string>; signal?: AbortSignal },
  ) {
    const repository = repositoryURL(reference, this.#mirrors);
    const response = await this.#fetch.get(repository, path, init);
    if (response.ok) return response;
    abandon(response);
    if (response.status === 401 || response.status === 403) throw accessDenied(reference);
    if (response.status !== 404)
      throw new RegistryError("unreachable", `Get "${repository}/${path}": unexpected status ${response.status}`);
    if (path.startsWith("blobs/")) throw new RegistryError("invalid", `blob unknown to registry: ${path.slice(6)}`);
    throw (await this.#knows(repository, init.signal)) ? manifestUnknown(reference) : accessDenied(reference);
  }

  /** Whether the registry has the repository at all: it then lists its tags. */
  async #knows(repository: string, signal: AbortSignal | undefined): Promise<boolean> {
    const response = await this.#fetch.get(repository, "tags/list", { signal });
    abandon(response);
    return response.ok;
  }
}

function manifestUnknown(reference: ImageReference): RegistryError {
  const name = familiarString(reference.tag || reference.digest ? reference : { ...reference, tag: DEFAULT_TAG });
  return new RegistryError("not-found", `manifest for ${name} not found: manifest unknown: manifest unknown`);
}

function accessDenied(reference: ImageReference): RegistryError {
  return new RegistryError(
    "denied",
    `pull access denied for ${familiarName(reference)}, repository does not exist or may require 'docker login': ` +
      "denied: requested access to the resource is denied",
  );
}

async function checkDigest(bytes: Uint8Array, expected: Digest): Promise<Digest> {
  const actual = await digestOf(bytes);
  if (actual !== expected)
    throw new RegistryError("invalid", `content has digest ${actual}, not ${expected} as was promised`);
  return actual;
}

function forThisMachine(index: ImageIndex): Descriptor {
  const found = entryForThisMachine(index);
  if (found) return found;
  const wanted = `${PLATFORM.os}/${PLATFORM.architecture}`;
  throw new RegistryError("platform", `no matching manifest for ${wanted} in the manifest list entries`);
}
