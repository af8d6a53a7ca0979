import type { BuildArgs } from "../../shared/dockerfile/variables.js";
import type { ImageID } from "../../shared/oci/digest.js";
import type { Runtime } from "../containers/runtime.js";
import type { Image, ImageStore } from "../images/image-store.js";
import type { LayerStore } from "../layers/layer-store.js";
import type { Span } from "../trace/span.js";
import type { BuildCache } from "./build-cache.js";
import type { CacheMounts } from "./cache-mounts.js";

export interface BuildRequest {
  /** Uncompressed tar. */
  context: Uint8Array;
  /** Path of the Dockerfile in the context. */
  dockerfile: string;
  /** `name:tag`, checked and in familiar form. */
  tags: readonly string[];
  buildArgs: BuildArgs;
  labels: Readonly<Record<string, string>>;
  /** Stage to build; the last one when empty. */
  target: string;
  noCache: boolean;
  /** Stages, by name, whose steps are done again. */
  noCacheFilter: readonly string[];
  /** By id: for `RUN --mount=type=secret`. */
  secrets: ReadonlyMap<string, Uint8Array>;
  /** Of a RUN that does not say. */
  network: "default" | "none";
  /** Asks the registry for newer base images. */
  pull: boolean;
  signal: AbortSignal;
}

export interface BuildServices {
  readonly runtime: Runtime;
  readonly layers: LayerStore;
  readonly images: ImageStore;
  readonly cache: BuildCache;
  readonly cacheMounts: CacheMounts;
  /** Fetches an image into the store; progress goes to the span. */
  pull(reference: string, span: Span, signal: AbortSignal): Promise<Image>;
}

export interface BuildResult {
  id: ImageID;
  warnings: string[];
}
