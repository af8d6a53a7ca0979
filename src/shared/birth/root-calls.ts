/**
 * The container's root, in a mount namespace of its own: the root's file system is mounted and becomes the only one,
 * the guest's goes out of sight, and only then are paths of the image walked.
 */
import type { CallList, Label, SlotValue } from "../calls/call-list.js";
import { sysctlPath } from "../confinement/sysctls.js";
import { mountText, umountText, writeFileText } from "../linux/call-text.js";
import {
  AT_EMPTY_PATH,
  AT_FDCWD,
  MNT_DETACH,
  MOVE_MOUNT_F_EMPTY_PATH,
  MOVE_MOUNT_T_SYMLINKS,
  MS_BIND,
  MS_PRIVATE,
  MS_RDONLY,
  MS_REC,
  O_CLOEXEC,
  O_NOFOLLOW,
  O_PATH,
  OPEN_TREE_CLONE,
} from "../linux/constants.js";
import type { Mount, RuntimeSpec } from "../oci/runtime.js";
import { SpecError } from "../oci/spec-error.js";
import { makeDevices } from "./device-calls.js";
import { writeFile } from "./kernel-files.js";
import { addFlags, isBind, mountFileSystem, placeSource, takeSource } from "./mount-calls.js";
import { type Overlay, overlayOptions } from "./overlay.js";
import { makeOwnFiles, type OwnFiles } from "./own-files-calls.js";

/** An empty directory of the guest's: what is mounted there is seen in the container's mount namespace only. */
export const ROOT_MOUNT_POINT = "/run/drydock/root";
/** The container's own /dev/null while paths are masked with it: above all that the agent has open, and takes. */
const NULL_FD = 1023;

export interface RootParts {
  overlay?: Overlay;
  files?: OwnFiles;
}

/** Mounts the root and everything in it; afterwards `/` is the container's. */
export function enterRoot(list: CallList, spec: RuntimeSpec, { overlay, files }: RootParts): void {
  list.call("mount", [0, list.text("/"), 0, MS_REC | MS_PRIVATE, 0], {
    step: mountText("", "/", "", MS_REC | MS_PRIVATE, ""),
  });
  if (files) makeOwnFiles(list, files);
  const trees = new Map(spec.mounts.filter(isBind).map((mount) => [mount, takeSource(list, mount)]));
  mountRoot(list, spec, overlay);
  const [root, point] = [list.text("."), list.text(ROOT_MOUNT_POINT)];
  list.call("chdir", [point], { step: ROOT_MOUNT_POINT });
  // The old root comes to lie on top of the new one, and is the one that goes.
  list.call("pivot_root", [root, root], { step: ". ." });
  list.call("umount2", [root, MNT_DETACH], { step: umountText(".", MNT_DETACH), as: "umount" });
  list.call("chdir", [list.text("/")], { step: "/" });
  for (const mount of spec.mounts) placeMount(list, mount, trees.get(mount), spec);
}

function placeMount(list: CallList, mount: Mount, tree: SlotValue | undefined, spec: RuntimeSpec): void {
  if (tree) placeSource(list, mount, tree);
  else mountFileSystem(list, mount);
  // At once, so that no later mount can take the place of a node or of a parameter.
  if (!tree && mount.destination === "/dev") {
    makeDevices(list, spec);
    keepNull(list);
  }
  if (isProc(mount)) for (const [key, value] of Object.entries(spec.linux.sysctl ?? {})) writeSysctl(list, key, value);
}

const isProc = ({ type, destination }: Mount) => type === "proc" && destination === "/proc";

/** Before /proc/sys becomes read-only. */
function writeSysctl(list: CallList, key: string, value: string): void {
  const path = `/proc/sys/${sysctlPath(key)}`;
  writeFile(list, path, value, { step: writeFileText(path, value), close: true });
}

/** Of the kernel's own files, where they are known. */
export type Kinds = ReadonlyMap<string, "file" | "directory" | null>;

/** What must not be written or seen: the last of the mounts. What is known not to be there is left out. */
export function protectPaths(list: CallList, { linux, root, mounts }: RuntimeSpec, kinds: Kinds = new Map()): void {
  const present = (path: string) => kinds.get(path) !== null;
  for (const path of (linux.readonlyPaths ?? []).filter(present)) makeReadOnly(list, path);
  const masked = (linux.maskedPaths ?? []).filter(present);
  if (masked.length > 0 && !mounts.some((mount) => mount.destination === "/dev" && !isBind(mount)))
    throw new SpecError("linux.maskedPaths need a /dev of the container's own");
  const tree = list.slot();
  for (const path of masked) mask(list, path, kinds.get(path) ?? undefined, tree);
  if (root.readonly) addFlags(list, AT_FDCWD, "/", MS_RDONLY, { recursive: false, step: "/ MOUNT_ATTR_RDONLY" });
}

function mountRoot(list: CallList, spec: RuntimeSpec, overlay: Overlay | undefined): void {
  const [source, target] = [overlay ? "overlay" : spec.root.path, ROOT_MOUNT_POINT];
  if (!overlay) {
    list.call("mount", [list.text(source), list.text(target), 0, MS_BIND | MS_REC, 0], {
      step: mountText(source, target, "", MS_BIND | MS_REC, ""),
    });
    return;
  }
  const { data, directory } = overlayOptions(overlay);
  if (directory) list.call("chdir", [list.text(directory)], { step: directory });
  const type = list.text("overlay");
  list.call("mount", [type, list.text(target), type, 0, list.text(data)], {
    step: mountText(source, target, "overlay", 0, data),
  });
}

function keepNull(list: CallList): void {
  const fd = list.slot();
  list.call("openat", [AT_FDCWD, list.text("/dev/null"), O_PATH | O_NOFOLLOW | O_CLOEXEC, 0], { into: fd });
  list.call("dup3", [fd, NULL_FD, O_CLOEXEC]);
}

/** Skipped where there is nothing. */
function makeReadOnly(list: CallList, path: string): void {
  const absent = list.label();
  const text = list.text(path);
  list.call("mount", [text, text, 0, MS_BIND | MS_REC, 0], {
    step: mountText(path, path, "", MS_BIND | MS_REC, ""),
    allow: ["ENOENT", "ENOTDIR"],
    otherwise: absent,
  });
  addFlags(list, AT_FDCWD, path, MS_RDONLY, { recursive: true, step: `${path} MOUNT_ATTR_RDONLY` });
  list.here(absent);
}

/**
 * A file shows as /dev/null, a directory as empty. By descriptors: a volume may lie on /proc/self by now, and decide
 * what any path there leads to.
 */
function mask(list: CallList, path: string, kind: "file" | "directory" | undefined, tree: SlotValue): void {
  const [directory, done] = [list.label(), list.label()];
  if (kind !== "directory") maskFile(list, path, tree, directory, done);
  list.here(directory);
  if (kind !== "file") maskDirectory(list, path);
  list.here(done);
}

function maskFile(list: CallList, path: string, tree: SlotValue, directory: Label, done: Label): void {
  const [text, none] = [list.text(path), list.text("")];
  list.call("open_tree", [NULL_FD, none, OPEN_TREE_CLONE | O_CLOEXEC | AT_EMPTY_PATH], { into: tree });
  list.call("move_mount", [tree, none, AT_FDCWD, text, MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_SYMLINKS], {
    step: mountText("/dev/null", path, "", MS_BIND, ""),
    as: "mount",
    // EINVAL: a directory.
    allow: ["EINVAL", "ENOENT"],
    otherwise: directory,
    next: done,
  });
}

function maskDirectory(list: CallList, path: string): void {
  const type = list.text("tmpfs");
  list.call("mount", [type, list.text(path), type, MS_RDONLY, list.text("size=0")], {
    step: mountText("tmpfs", path, "tmpfs", MS_RDONLY, "size=0"),
    allow: ["ENOENT"],
  });
}
