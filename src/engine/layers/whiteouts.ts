/** How a layer tar says that something is gone (image-spec layer.md, "Whiteouts"). */
export const WHITEOUT_PREFIX = ".wh.";
/** In a directory: nothing below it in lower layers is seen. */
export const OPAQUE_MARKER = ".wh..wh..opq";
/** Names of aufs' own bookkeeping, which is not part of the layer. */
export const METADATA_PREFIX = ".wh..wh.";

/** How overlayfs says it (Documentation/filesystems/overlayfs.rst, "whiteouts and opaque directories"). */
export const OPAQUE_XATTR = "trusted.overlay.opaque";
export const OVERLAY_XATTR_PREFIX = "trusted.overlay.";
