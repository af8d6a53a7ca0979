/** Mount flags as mount_setattr takes them. It can only add what the source of a bind mount does not have already. */
import {
  MOUNT_ATTR__ATIME,
  MOUNT_ATTR_NOATIME,
  MOUNT_ATTR_NODEV,
  MOUNT_ATTR_NODIRATIME,
  MOUNT_ATTR_NOEXEC,
  MOUNT_ATTR_NOSUID,
  MOUNT_ATTR_RDONLY,
  MOUNT_ATTR_STRICTATIME,
  MS_NOATIME,
  MS_NODEV,
  MS_NODIRATIME,
  MS_NOEXEC,
  MS_NOSUID,
  MS_RDONLY,
  MS_STRICTATIME,
} from "../linux/constants.js";

const attributes: readonly [flag: number, attribute: number][] = [
  [MS_RDONLY, MOUNT_ATTR_RDONLY],
  [MS_NOSUID, MOUNT_ATTR_NOSUID],
  [MS_NODEV, MOUNT_ATTR_NODEV],
  [MS_NOEXEC, MOUNT_ATTR_NOEXEC],
  [MS_NODIRATIME, MOUNT_ATTR_NODIRATIME],
  [MS_NOATIME, MOUNT_ATTR_NOATIME],
  [MS_STRICTATIME, MOUNT_ATTR_STRICTATIME],
];

/** Words of struct mount_attr that add `flags` (MS_*) to a mount; undefined where there is nothing to add. */
export function mountAttributes(flags: number): number[] | undefined {
  let set = 0;
  for (const [flag, attribute] of attributes) if (flags & flag) set |= attribute;
  if (set === 0) return undefined;
  const clear = set & MOUNT_ATTR__ATIME ? MOUNT_ATTR__ATIME : 0;
  return [set, 0, clear, 0, 0, 0, 0, 0];
}
