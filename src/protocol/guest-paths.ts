/** Places of the guest that the page names in the lists of calls that it composes. */

/** Where the disk is mounted. */
export const DISK_DIRECTORY = "/var/lib/drydock";
/** `<key>/upper` and `<key>/work` of each container and build step, on the disk. */
export const SNAPSHOTS_DIRECTORY = `${DISK_DIRECTORY}/snapshots`;
/** Empty: where each container, in its own mount namespace, has its own small files, such as its hosts file. */
export const CONTAINER_FILES_DIRECTORY = "/run/drydock/containers";
/** One program that is all of the guest's commands, and needs nothing beside itself. */
export const BUSYBOX = "/bin/busybox";
