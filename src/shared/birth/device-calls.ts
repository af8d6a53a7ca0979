/** Device nodes and links of a container's own /dev. Source: runtime-spec config-linux.md, Default Devices. */
import type { CallList } from "../calls/call-list.js";
import { mknodText } from "../linux/call-text.js";
import { S_IFBLK, S_IFCHR } from "../linux/constants.js";
import type { RuntimeSpec } from "../oci/runtime.js";

const nodes: readonly [path: string, major: number, minor: number][] = [
  ["/dev/null", 1, 3],
  ["/dev/zero", 1, 5],
  ["/dev/full", 1, 7],
  ["/dev/random", 1, 8],
  ["/dev/urandom", 1, 9],
  ["/dev/tty", 5, 0],
];

const links: readonly [target: string, path: string][] = [
  ["/proc/self/fd", "/dev/fd"],
  ["/proc/self/fd/0", "/dev/stdin"],
  ["/proc/self/fd/1", "/dev/stdout"],
  ["/proc/self/fd/2", "/dev/stderr"],
];

export function makeDevices(list: CallList, { linux, mounts }: RuntimeSpec): void {
  list.call("umask", [0]);
  for (const [path, major, minor] of nodes) makeNode(list, path, S_IFCHR | 0o666, major, minor);
  for (const { path, type, major, minor, fileMode = 0o666, uid = 0, gid = 0 } of linux.devices ?? []) {
    makeNode(list, path, (type === "b" ? S_IFBLK : S_IFCHR) | (fileMode & 0o777), major, minor);
    if (uid !== 0 || gid !== 0) list.call("lchown32", [list.text(path), uid, gid]);
  }
  for (const [target, path] of links) list.call("symlink", [list.text(target), list.text(path)]);
  if (mounts.some(({ type }) => type === "devpts"))
    list.call("symlink", [list.text("pts/ptmx"), list.text("/dev/ptmx")]);
}

function makeNode(list: CallList, path: string, mode: number, major: number, minor: number): void {
  const device = (minor & 0xff) | (major << 8) | ((minor & ~0xff) << 12);
  list.call("mknod", [list.text(path), mode, device], { step: mknodText(path, mode, major, minor) });
}
