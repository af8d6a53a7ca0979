/**
 * A container's mounts. The sources of bind mounts are taken as detached trees while the guest's root is still there,
 * and put in place when it is gone: no path that an image can name leads to the guest then.
 */
import type { Argument, CallList, Label, SlotValue } from "../calls/call-list.js";
import { mountText } from "../linux/call-text.js";
import {
  AT_EMPTY_PATH,
  AT_FDCWD,
  AT_RECURSIVE,
  MOVE_MOUNT_F_EMPTY_PATH,
  MOVE_MOUNT_T_SYMLINKS,
  MS_BIND,
  MS_RDONLY,
  MS_REC,
  O_CLOEXEC,
  O_DIRECTORY,
  O_PATH,
  OPEN_TREE_CLONE,
  RESOLVE_NO_SYMLINKS,
  S_IFREG,
} from "../linux/constants.js";
import { describeErrno } from "../linux/errno.js";
import type { Mount } from "../oci/runtime.js";
import { mountAttributes } from "./mount-attributes.js";
import { parseMountOptions } from "./mount-options.js";

const OPEN_HOW_BYTES = 24;
const MOUNT_ATTR_BYTES = 32;

export function isBind({ type, options = [] }: Mount): boolean {
  return type === "bind" || options.some((option) => option === "bind" || option === "rbind");
}

/** The source as a detached tree with the mount's flags. What the source has of nosuid, nodev, noexec and ro stays. */
export function takeSource(list: CallList, { source, options = [] }: Mount): SlotValue {
  const tree = list.slot();
  const { flags, propagation } = parseMountOptions(options);
  const recursive = flags & MS_REC ? AT_RECURSIVE : 0;
  list.call("open_tree", [AT_FDCWD, list.text(source), OPEN_TREE_CLONE | O_CLOEXEC | recursive], {
    into: tree,
    failure: (errno) => ({
      code: errno === "ENOENT" ? "not-found" : "system",
      message: errno === "ENOENT" ? `bind source path does not exist: ${source}` : `open_tree ${source}: ${errno}`,
    }),
  });
  // Read-only is so all the way down, as Docker has it since 25.
  addFlags(list, tree, "", flags, { recursive: (flags & MS_RDONLY) !== 0 });
  if (propagation) spread(list, tree, source, propagation);
  return tree;
}

/** `propagation`: MS_PRIVATE and its like, with MS_REC for the mounts below as well. */
function spread(list: CallList, tree: SlotValue, source: string, propagation: number): void {
  const attr = list.words([0, 0, 0, 0, propagation & ~MS_REC, 0, 0, 0]);
  const how = AT_EMPTY_PATH | (propagation & MS_REC ? AT_RECURSIVE : 0);
  list.call("mount_setattr", [tree, list.text(""), how, attr, MOUNT_ATTR_BYTES], {
    step: mountText("", source, "", propagation, ""),
  });
}

/** Puts a detached tree at the mount's destination, which is made where it is missing. */
export function placeSource(list: CallList, { source, destination, options = [] }: Mount, tree: SlotValue): void {
  const { flags } = parseMountOptions(options);
  const [missing, done] = [list.label(), list.label()];
  const step = mountText(source, destination, "", MS_BIND | flags, "");
  const move = (more: { allow?: string[]; otherwise?: Label; next?: Label }) =>
    list.call(
      "move_mount",
      [tree, list.text(""), AT_FDCWD, list.text(destination), MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_SYMLINKS],
      {
        step,
        as: "mount",
        failure: (errno) => ({
          code: "system",
          message: `mounting ${source} at ${destination}: ${describeErrno(errno)}`,
        }),
        ...more,
      },
    );
  move({ allow: ["ENOENT"], otherwise: missing, next: done });
  list.here(missing);
  makeDestination(list, destination, tree);
  move({});
  list.here(done);
}

/** A file system of its own at the mount's destination. */
export function mountFileSystem(list: CallList, mount: Mount): void {
  const { source, destination, options = [] } = mount;
  const { flags, propagation, data } = parseMountOptions(options);
  const type = mount.type === "cgroup" ? "cgroup2" : mount.type;
  const target = isKernels(mount) ? enterDirectory(list, destination) : ensureDirectory(list, destination);
  list.call("mount", [list.text(source), list.text(target), list.text(type), flags, data ? list.text(data) : 0], {
    step: mountText(source, destination, type, flags, data),
    // A kernel without message queues: Docker's own default spec names them all the same.
    ...(type === "mqueue" && { allow: ["ENODEV"] }),
  });
  if (propagation) list.call("mount", [0, list.text(destination), 0, propagation, 0]);
}

export interface FlagOptions {
  /** To the mounts below, too. */
  recursive: boolean;
  step?: string;
}

/** Adds flags (MS_*) to the mount at `path` of `directory`. */
export function addFlags(list: CallList, directory: Argument, path: string, flags: number, options: FlagOptions): void {
  const attributes = mountAttributes(flags);
  if (!attributes) return;
  const how = (path === "" ? AT_EMPTY_PATH : 0) | (options.recursive ? AT_RECURSIVE : 0);
  const { step } = options;
  list.call("mount_setattr", [directory, list.text(path), how, list.words(attributes), MOUNT_ATTR_BYTES], { step });
}

/** mkdir -p of what is missing of an absolute path. */
export function makeDirectories(list: CallList, path: string): void {
  const names = path.split("/").slice(1);
  for (const index of names.keys())
    list.call("mkdir", [list.text(`/${names.slice(0, index + 1).join("/")}`), 0o755], { allow: ["EEXIST", "EROFS"] });
}

/** proc, sysfs and /dev are what everything else relies on: they are not led elsewhere by a link of the image's. */
function isKernels({ type, destination }: Mount): boolean {
  return type === "proc" || type === "sysfs" || destination === "/dev";
}

/** Makes `path` the working directory, no symbolic link followed. @returns its name from there. */
function enterDirectory(list: CallList, path: string): string {
  const [missing, there, opened] = [list.label(), list.label(), list.label()];
  const fd = list.slot();
  const open = (more: { allow?: string[]; otherwise?: Label; next?: Label }) =>
    list.call(
      "openat2",
      [
        AT_FDCWD,
        list.text(path),
        list.words([O_PATH | O_DIRECTORY | O_CLOEXEC, 0, 0, 0, RESOLVE_NO_SYMLINKS, 0]),
        OPEN_HOW_BYTES,
      ],
      {
        into: fd,
        failure: (errno) => ({
          code: "system",
          message: `${path} of the root is not a directory: ${describeErrno(errno)}`,
        }),
        ...more,
      },
    );
  open({ allow: ["ENOENT"], otherwise: missing, next: opened });
  list.here(missing);
  makeDirectories(list, path);
  list.here(there);
  open({});
  list.here(opened);
  list.call("fchdir", [fd]);
  return ".";
}

function ensureDirectory(list: CallList, path: string): string {
  if (path.startsWith("/dev/")) list.call("mkdir", [list.text(path), 0o755], { allow: ["EEXIST", "ENOENT", "EROFS"] });
  else {
    const done = list.label();
    list.call("faccessat2", [AT_FDCWD, list.text(path), 0, 0], { allow: ["ENOENT"], next: done });
    makeDirectories(list, path);
    list.here(done);
  }
  return path;
}

/** A directory for a directory, an empty file for anything else. */
function makeDestination(list: CallList, destination: string, tree: SlotValue): void {
  const slash = destination.lastIndexOf("/");
  const [file, done] = [list.label(), list.label()];
  if (slash > 0) makeDirectories(list, destination.slice(0, slash));
  list.call("openat", [tree, list.text("."), O_PATH | O_DIRECTORY | O_CLOEXEC, 0], {
    allow: ["ENOTDIR"],
    otherwise: file,
  });
  list.call("mkdir", [list.text(destination), 0o755], { allow: ["EEXIST"], next: done, otherwise: done });
  list.here(file);
  list.call("mknod", [list.text(destination), S_IFREG | 0o644, 0], { allow: ["EEXIST"] });
  list.here(done);
}
