/** Option strings of overlay mounts. */

/** The kernel takes one page of options, the closing NUL included. */
const MOST_OPTION_BYTES = 4095;

export interface OverlayOptions {
  data: string;
  /** Where the mount must be made from, because the lower directories are named relative to it. */
  directory: string | undefined;
}

/**
 * `layers` are directory names below `layersDirectory`, lowest first; overlayfs wants the topmost first. Absolute
 * names where they fit, otherwise relative to the layers' directory. `volatile`: what is unmounted is not flushed to a
 * disk that does not outlive the machine anyway.
 */
export function overlayOptions(
  layersDirectory: string,
  layers: readonly string[],
  upper: string,
  work: string,
): OverlayOptions {
  const text = (prefix: string) => {
    const lower = layers.map((name) => escaped(prefix + name)).reverse();
    return `lowerdir=${lower.join(":")},upperdir=${escaped(upper)},workdir=${escaped(work)},volatile`;
  };
  const absolute = text(`${layersDirectory}/`);
  if (absolute.length <= MOST_OPTION_BYTES) return { data: absolute, directory: undefined };
  return { data: text(""), directory: layersDirectory };
}

function escaped(path: string): string {
  return path.replace(/[\\:,]/g, "\\$&");
}
