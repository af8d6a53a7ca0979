/** Device nodes and links of a container's own /dev. Source: runtime-spec config-linux.md, Default Devices. */
import type { RuntimeSpec } from "../../shared/oci/runtime.js";
import { S_IFBLK, S_IFCHR } from "../system/constants.js";
import type { ChildSystem } from "./child-system.js";

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

export function makeDevices({ traced, quiet }: ChildSystem, spec: RuntimeSpec): void {
  const umask = quiet.umask(0);
  for (const [path, major, minor] of nodes) traced.mknod(path, S_IFCHR | 0o666, major, minor);
  for (const { path, type, major, minor, fileMode = 0o666, uid = 0, gid = 0 } of spec.linux.devices ?? []) {
    traced.mknod(path, (type === "b" ? S_IFBLK : S_IFCHR) | (fileMode & 0o777), major, minor);
    if (uid !== 0 || gid !== 0) quiet.lchown(path, uid, gid);
  }
  for (const [target, path] of links) quiet.symlink(target, path);
  if (spec.mounts.some((mount) => mount.type === "devpts")) quiet.symlink("pts/ptmx", "/dev/ptmx");
  quiet.umask(umask);
}
