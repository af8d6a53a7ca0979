/** The page's files as the guest mounts them over 9P. */

/** The mount tag of v86's 9P device. */
export const PAGE_TAG = "host9p";
export const PAGE_DIRECTORY = "/run/drydock/page";
/** Read-only layer trees by name. */
export const LAYERS_DIRECTORY = `${PAGE_DIRECTORY}/layers`;
/** Blobs passed between page and guest by name. */
export const EXCHANGE_DIRECTORY = `${PAGE_DIRECTORY}/exchange`;
export const WORK_IN_PAGE = `${PAGE_DIRECTORY}/work`;
/** Where the user sees the workspace. */
export const WORK_DIRECTORY = "/root/work";

/**
 * The device can be mounted once, so one cache mode serves layers and workspace. `loose` keeps what was read, which
 * layers need; the page changes writable files only through the guest's kernel, so nothing it caches goes stale.
 */
export const PAGE_MOUNT_OPTIONS = "trans=virtio,version=9p2000.L,msize=512000,cache=loose";
