/**
 * Makes a container's root of its directory, in the child: its own mounts, then pivot_root.
 *
 * The old root stays reachable at OLD_ROOT while the mounts are made, so that each destination is resolved inside the
 * new root by the kernel: a symbolic link of the image cannot lead outside.
 */
import type { Mount, RuntimeSpec } from "../../shared/oci/runtime.js";
import { Failure } from "../failure.js";
import { makeDirectories } from "../make-directories.js";
import {
  MNT_DETACH,
  MS_BIND,
  MS_NODEV,
  MS_NOEXEC,
  MS_NOSUID,
  MS_PRIVATE,
  MS_RDONLY,
  MS_REC,
  MS_REMOUNT,
  O_CLOEXEC,
  O_CREAT,
  O_PATH,
  O_WRONLY,
  S_IFDIR,
  S_IFMT,
} from "../system/constants.js";
import { type System, SystemError } from "../system/system.js";
import type { ChildSystem } from "./child-system.js";
import { makeDevices } from "./devices.js";
import { BIND_REMOUNT_FLAGS, parseMountOptions } from "./mount-options.js";
import { type Kind, kindOf, type ProtectedPath, type ProtectedPaths } from "./protected-paths.js";

const OLD_ROOT = ".old-root";

/** Afterwards the calling process is in the container's root, at `/`. */
export function enterRoot(child: ChildSystem, spec: RuntimeSpec): void {
  const { traced, quiet } = child;
  traced.mount("", "/", "", MS_REC | MS_PRIVATE, "");
  const root = spec.root.path;
  if (!isMountPoint(quiet, root)) traced.mount(root, root, "", MS_BIND | MS_REC, "");
  const sources = new Map(spec.mounts.filter(isBind).map((mount) => [mount, realPath(quiet, mount.source)]));

  const dev = spec.mounts.find((mount) => mount.destination === "/dev" && !isBind(mount));
  const putOld = dev ? `dev/${OLD_ROOT}` : OLD_ROOT;
  if (dev) mountDev(child, dev, root);
  traced.chdir(root);
  quiet.mkdir(putOld, 0o700);
  traced.pivotRoot(".", putOld);
  traced.chdir("/");

  for (const mount of spec.mounts) if (mount !== dev) mountOne(child, mount, `/${putOld}${sources.get(mount) ?? ""}`);
  if (dev) makeDevices(child, spec);
  traced.umount(`/${putOld}`, MNT_DETACH);
  quiet.rmdir(`/${putOld}`);
}

/** What is done last, when nothing has to be written any more. */
export function protectPaths(child: ChildSystem, spec: RuntimeSpec, paths: ProtectedPaths): void {
  const { traced } = child;
  for (const path of paths.readonly) {
    const [target] = path;
    if (!kindNow(child, path)) continue;
    traced.mount(target, target, "", MS_BIND | MS_REC, "");
    traced.mount(target, target, "", MS_BIND | MS_REMOUNT | MS_RDONLY | kernelFlags(target), "");
  }
  for (const path of paths.masked) {
    const kind = kindNow(child, path);
    if (kind === "directory") traced.mount("tmpfs", path[0], "tmpfs", MS_RDONLY, "size=0");
    else if (kind === "file") traced.mount("/dev/null", path[0], "", MS_BIND, "");
  }
  if (spec.root.readonly) traced.mount("", "/", "", MS_BIND | MS_REMOUNT | MS_RDONLY, "");
}

function kindNow({ quiet }: ChildSystem, path: ProtectedPath): Kind | undefined {
  return path[1] === "unknown" ? kindOf(quiet, path[0]) : path[1];
}

/** A remount replaces all flags of a mount, so those that /proc and /sys have are given again. */
function kernelFlags(path: string): number {
  return /^\/(proc|sys)(\/|$)/.test(path) ? MS_NOSUID | MS_NODEV | MS_NOEXEC : 0;
}

function mountDev({ traced, quiet }: ChildSystem, dev: Mount, root: string): void {
  const target = `${root}/dev`;
  if (quiet.modeOf(target) === null) quiet.mkdir(target, 0o755);
  if ((quiet.lstat(target).mode & S_IFMT) !== S_IFDIR)
    throw new Failure("invalid-params", "/dev of the root is not a directory");
  const { flags, data } = parseMountOptions(dev.options ?? []);
  traced.mount(dev.source, target, dev.type, flags, data);
}

function mountOne(child: ChildSystem, mount: Mount, source: string): void {
  const { traced, quiet } = child;
  const { destination } = mount;
  const { flags, propagation, data } = parseMountOptions(mount.options ?? []);
  if (isBind(mount)) {
    const kind = kindOf(quiet, source);
    if (!kind) throw new Failure("not-found", `bind source path does not exist: ${mount.source}`);
    ensureMountPoint(quiet, destination, kind);
    traced.mount(source, destination, "", MS_BIND | (flags & MS_REC), "");
    if (flags & BIND_REMOUNT_FLAGS)
      traced.mount("", destination, "", MS_BIND | MS_REMOUNT | (flags & BIND_REMOUNT_FLAGS), "");
  } else {
    ensureMountPoint(quiet, destination, "directory");
    const type = mount.type === "cgroup" ? "cgroup2" : mount.type;
    try {
      traced.mount(mount.source, destination, type, flags, data);
    } catch (error) {
      // A kernel without message queues: Docker's own default spec names them all the same.
      if (type === "mqueue" && error instanceof SystemError && error.errno === "ENODEV") return;
      throw error;
    }
  }
  if (propagation) traced.mount("", destination, "", propagation, "");
}

function isBind(mount: Mount): boolean {
  return mount.type === "bind" || (mount.options ?? []).some((option) => option === "bind" || option === "rbind");
}

function isMountPoint(system: System, path: string): boolean {
  return system.stat(path).dev !== system.stat(`${path}/..`).dev;
}

/** Without symbolic links, as the old root resolves it. */
function realPath(system: System, path: string): string {
  try {
    const fd = system.open(path, O_PATH | O_CLOEXEC, 0);
    const real = system.readlink(`/proc/self/fd/${fd}`);
    system.close(fd);
    return real;
  } catch (error) {
    if (error instanceof SystemError && error.errno === "ENOENT")
      throw new Failure("not-found", `bind source path does not exist: ${path}`);
    throw error;
  }
}

function ensureMountPoint(system: System, path: string, kind: Kind): void {
  if (kindOf(system, path)) return;
  makeDirectories(system, path.slice(0, path.lastIndexOf("/")));
  if (kind === "directory") system.mkdir(path, 0o755);
  else system.close(system.open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0o644));
}
