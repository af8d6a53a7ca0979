/** Option strings of overlay mounts. */
import { SpecError } from "../oci/spec-error.js";

/** The kernel takes one page of options, the closing NUL included. */
const MOST_OPTION_BYTES = 4095;

/** A container's file system: layers of an image, and a directory for what is changed. */
export interface Overlay {
  /** Guest directory of the layers. */
  layersDirectory: string;
  /** Names of directories in it, lowest first, each once; none for an empty image. */
  layers: readonly string[];
  upper: string;
  work: string;
}

export interface OverlayOptions {
  data: string;
  /** Where the mount must be made from, because the lower directories are named relative to it. */
  directory: string | undefined;
}

/** Lower directory of an image without layers. */
export const NO_LAYERS = "/run/drydock/empty";

/**
 * overlayfs wants the topmost layer first. Absolute names where they fit, otherwise relative to the layers' directory.
 * `volatile`: what is unmounted is not flushed to a disk that does not outlive the machine anyway.
 * @throws {SpecError} when there are too many.
 */
export function overlayOptions({ layersDirectory, layers, upper, work }: Overlay): OverlayOptions {
  const text = (prefix: string) => {
    const lower = layers.length > 0 ? layers.map((name) => escaped(prefix + name)).reverse() : [NO_LAYERS];
    return `lowerdir=${lower.join(":")},upperdir=${escaped(upper)},workdir=${escaped(work)},volatile`;
  };
  const absolute = text(`${layersDirectory}/`);
  if (absolute.length <= MOST_OPTION_BYTES) return { data: absolute, directory: undefined };
  const relative = text("");
  // The kernel would take the beginning for the whole, and mount something else.
  if (relative.length > MOST_OPTION_BYTES) throw new SpecError(`${layers.length} layers are more than one mount takes`);
  return { data: relative, directory: layersDirectory };
}

function escaped(path: string): string {
  return path.replace(/[\\:,]/g, "\\$&");
}
