/** Images that a build begins from or copies from: those at hand, or pulled. */
import { canonicalString, parseReference, withDefaultTag } from "../../shared/reference/reference.js";
import { layersOf } from "../containers/runtime.js";
import { type Image, ImageError } from "../images/image-store.js";
import type { Span } from "../trace/span.js";
import { BuildError } from "./build-error.js";
import type { BuildRequest, BuildServices } from "./build-request.js";
import type { StageBase } from "./stage-state.js";

export class BaseImages {
  readonly #services: BuildServices;
  readonly #request: BuildRequest;
  readonly #found = new Map<string, Promise<Image>>();

  constructor(services: BuildServices, request: BuildRequest) {
    this.#services = services;
    this.#request = request;
  }

  /** @throws {BuildError} naming the reference. */
  find(reference: string, span: Span): Promise<Image> {
    let image = this.#found.get(reference);
    if (!image) {
      image = this.#resolve(reference, span);
      this.#found.set(reference, image);
    }
    return image;
  }

  baseOf(image: Image): StageBase {
    const { config = {}, history = [], author, rootfs } = image.config;
    const layers = layersOf(this.#services.layers, rootfs.diff_ids);
    return { config, layers, history, author };
  }

  async #resolve(reference: string, span: Span): Promise<Image> {
    const { images, pull } = this.#services;
    if (!this.#request.pull) {
      const local = images.find(reference);
      if (local) return local;
    }
    try {
      return await pull(reference, span, this.#request.signal);
    } catch (error) {
      if (this.#request.signal.aborted || !(error instanceof Error)) throw error;
      if (error instanceof ImageError && error.code === "ambiguous") throw error;
      throw new BuildError(
        `${reference}: failed to resolve source metadata for ${canonical(reference)}: ${error.message}`,
        { cause: error },
      );
    }
  }
}

/** `busybox` → `docker.io/library/busybox:latest`. @throws {BuildError} for text that is no reference. */
export function canonical(reference: string): string {
  try {
    return canonicalString(withDefaultTag(parseReference(reference)));
  } catch (error) {
    throw new BuildError(`failed to parse stage name ${JSON.stringify(reference)}: ${(error as Error).message}`);
  }
}
