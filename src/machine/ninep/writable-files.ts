import { type FileTime, timeOfMs } from "../../shared/files/file-attributes.js";
import type { FileData } from "../../shared/files/sparse-bytes.js";
import { pathLength } from "../../shared/text/path-bytes.js";
import { FileError } from "./errors.js";
import { checkFileSize, FileBytes } from "./file-bytes.js";
import {
  type AttributeChange,
  type Attributes,
  Files,
  FileType,
  type NewNode,
  nextQidPath,
  type Owner,
  type Place,
  TYPE_MASK,
} from "./files.js";
import { type Charged, type Limits, Quota } from "./quota.js";

interface Name {
  parent: WritableDirectory;
  name: string;
}

interface BaseNode extends Charged {
  readonly qidPath: number;
  /** Type and permission bits. */
  mode: number;
  uid: number;
  gid: number;
  nlink: number;
  mtime: FileTime;
  atime: FileTime;
  ctime: FileTime;
  xattrs: Map<string, Uint8Array> | null;
  /** Whose bytes it takes: of the tree where it was last named. */
  quota: Quota;
  /** All that it is called: places in the guest's fids know only where it was found. A directory has one at most. */
  names: Name[];
}

export interface WritableFile extends BaseNode {
  kind: "file";
  bytes: FileBytes;
}

export interface WritableDirectory extends BaseNode {
  kind: "directory";
  children: Map<string, WritableNode>;
  /** Set on a root. */
  files: WritableFiles | null;
}

interface WritableSymlink extends BaseNode {
  kind: "symlink";
  target: string;
}

interface WritableDevice extends BaseNode {
  kind: "device";
  major: number;
  minor: number;
}

export type WritableNode = WritableFile | WritableDirectory | WritableSymlink | WritableDevice;

const PERMISSIONS = 0o7777;
const XATTR_VALUE_MAX_BYTES = 65536;
const ROOT: Owner = { uid: 0, gid: 0 };
const NO_XATTRS: ReadonlyMap<string, Uint8Array> = new Map();

/**
 * Files in the page's memory that the guest may change. A node without a name lives on while a fid holds it, as POSIX
 * has it. Files move freely between two such trees below one mount, as far as their quotas go. `onChange` gets the path of all that is made,
 * written, renamed (both names) or removed.
 */
export class WritableFiles extends Files {
  readonly root: WritableDirectory;
  readonly #quota: Quota;
  readonly #onChange: (path: string) => void;

  constructor(mode = 0o755, quota = new Quota(), onChange: (path: string) => void = () => {}) {
    super();
    this.#quota = quota;
    this.root = makeNode({ type: "directory" }, mode, ROOT, quota) as WritableDirectory;
    this.root.files = this;
    this.#onChange = onChange;
  }

  attributes(object: object): Attributes {
    const node = object as WritableNode;
    const { mode, uid, gid, nlink, mtime, atime, ctime, qidPath } = node;
    const [major, minor] = node.kind === "device" ? [node.major, node.minor] : [0, 0];
    const size = sizeOf(node);
    const heldBytes = node.kind === "file" ? node.bytes.heldBytes : size;
    return { mode, uid, gid, nlink, major, minor, size, heldBytes, mtime, atime, ctime, qidPath };
  }

  lookup(place: Place, name: string): Place | undefined {
    const node = asDirectory(place).children.get(name);
    return node && this.#place(place, name, node);
  }

  list(place: Place): Place[] {
    return Array.from(asDirectory(place).children, ([name, node]) => this.#place(place, name, node));
  }

  override read(object: object, offset: number, length: number): Uint8Array {
    const node = object as WritableNode;
    if (node.kind !== "file") throw new FileError(node.kind === "directory" ? "EISDIR" : "EINVAL", "read");
    return node.bytes.read(offset, length);
  }

  override readlink(object: object): string {
    const node = object as WritableNode;
    if (node.kind !== "symlink") throw new FileError("EINVAL", "readlink of no symlink");
    return node.target;
  }

  override xattrs(object: object): ReadonlyMap<string, Uint8Array> {
    return (object as WritableNode).xattrs ?? NO_XATTRS;
  }

  override space(): { limits: Limits; used: Limits } {
    return this.#quota;
  }

  override checkWritable(): void {}

  override write(place: Place, offset: number, bytes: Uint8Array): void {
    const node = place.node as WritableNode;
    if (node.kind !== "file") throw new FileError(node.kind === "directory" ? "EISDIR" : "EINVAL", place.name);
    // Nothing written makes no file longer.
    const end = bytes.length > 0 ? offset + bytes.length : 0;
    checkFileSize(end);
    charged(node, node.bytes.heldAfterWrite(offset, bytes.length), () => node.bytes.write(offset, bytes));
    node.mtime = node.ctime = now();
    tell(node);
  }

  override change(place: Place, change: AttributeChange): void {
    const node = place.node as WritableNode;
    if (change.size !== undefined) {
      if (node.kind !== "file") throw new FileError(node.kind === "directory" ? "EISDIR" : "EINVAL", place.name);
      const { size } = change;
      checkFileSize(size);
      charged(node, node.bytes.heldAfterResize(size), () => node.bytes.resize(size));
      node.mtime = now();
    }
    if (change.mode !== undefined) node.mode = (node.mode & TYPE_MASK) | (change.mode & PERMISSIONS);
    if (change.uid !== undefined) node.uid = change.uid;
    if (change.gid !== undefined) node.gid = change.gid;
    if (change.mtime !== undefined) node.mtime = change.mtime;
    if (change.atime !== undefined) node.atime = change.atime;
    node.ctime = now();
    tell(node);
  }

  override setXattr(place: Place, name: string, value: Uint8Array | null): void {
    const node = place.node as WritableNode;
    if (value && value.length > XATTR_VALUE_MAX_BYTES) throw new FileError("ENOSPC", name);
    const known = node.xattrs?.get(name);
    if (!value && !known) throw new FileError("ENODATA", name);
    charge(node, xattrBytes(name, value) - xattrBytes(name, known));
    if (value) {
      node.xattrs ??= new Map();
      node.xattrs.set(name, value);
    } else node.xattrs?.delete(name);
    node.ctime = now();
  }

  override create(directory: Place, name: string, what: NewNode, mode: number, owner: Owner): Place {
    const parent = asDirectory(directory);
    if (parent.nlink === 0) throw new FileError("ENOENT", directory.name);
    if (parent.children.has(name)) throw new FileError("EEXIST", name);
    const node = makeNode(what, mode, owner, parent.quota);
    node.charged = node.kind === "symlink" ? sizeOf(node) : 0;
    parent.quota.take({ bytes: node.charged, names: 1 });
    setName(parent, name, node);
    return this.#place(directory, name, node);
  }

  override link(directory: Place, name: string, target: Place): void {
    const parent = asDirectory(directory);
    const node = target.node as WritableNode;
    if (!(target.files instanceof WritableFiles)) throw new FileError("EXDEV", name);
    if (node.kind === "directory") throw new FileError("EACCES", name);
    if (node.nlink === 0 || parent.nlink === 0) throw new FileError("ENOENT", name);
    if (parent.children.has(name)) throw new FileError("EEXIST", name);
    parent.quota.take({ names: 1 });
    node.nlink++;
    node.ctime = now();
    setName(parent, name, node);
  }

  override unlink(directory: Place, name: string, isDirectory: boolean): void {
    const parent = asDirectory(directory);
    const node = parent.children.get(name);
    if (!node) throw new FileError("ENOENT", name);
    if (isDirectory && node.kind !== "directory") throw new FileError("ENOTDIR", name);
    if (!isDirectory && node.kind === "directory") throw new FileError("EISDIR", name);
    dropName(parent, name, node);
  }

  override rename(from: Place, name: string, to: Place, newName: string): void {
    const source = asDirectory(from);
    const node = source.children.get(name);
    if (!node) throw new FileError("ENOENT", name);
    if (!(to.files instanceof WritableFiles)) throw new FileError(to.files.gone ? "ESTALE" : "EXDEV", newName);
    const target = asDirectory(to);
    if (target.nlink === 0) throw new FileError("ENOENT", to.name);
    if (node.kind === "directory" && isWithin(target, node)) throw new FileError("EINVAL", newName);
    const replaced = target.children.get(newName);
    if (replaced === node) return;
    if (replaced) checkReplaces(node, replaced, newName);
    if (source.quota !== target.quota) moveCharges(node, source.quota, target.quota);
    if (replaced) dropName(target, newName, replaced);
    clearName(source, name, node);
    setName(target, newName, node);
    node.ctime = now();
  }

  /** A new file's contents, taken as they are. @throws {FileError} ENOSPC */
  fill(file: WritableFile, data: FileData): void {
    const bytes = new FileBytes(data);
    charge(file, bytes.heldBytes - file.bytes.heldBytes);
    file.bytes = bytes;
  }

  /** For `tell`: a path below this root changed. */
  told(path: string): void {
    this.#onChange(path);
  }

  #place(parent: Place, name: string, node: WritableNode): Place {
    return { files: this, node, name, parent };
  }
}

function makeNode(what: NewNode, permissions: number, { uid, gid }: Owner, quota: Quota): WritableNode {
  const time = now();
  const base = {
    qidPath: nextQidPath(),
    mode: FileType[what.type] | (permissions & PERMISSIONS),
    uid,
    gid,
    nlink: 1,
    mtime: time,
    atime: time,
    ctime: time,
    xattrs: null,
    quota,
    charged: 0,
    names: [],
  };
  switch (what.type) {
    case "file":
      return { ...base, kind: "file", bytes: new FileBytes() };
    case "directory":
      return { ...base, kind: "directory", children: new Map(), files: null };
    case "symlink":
      return { ...base, kind: "symlink", target: what.target };
    case "fifo":
      return { ...base, kind: "device", major: 0, minor: 0 };
    default:
      return { ...base, kind: "device", major: what.major, minor: what.minor };
  }
}

function now(): FileTime {
  return timeOfMs(Date.now());
}

function asDirectory(place: Place): WritableDirectory {
  const node = place.node as WritableNode;
  if (node.kind !== "directory") throw new FileError("ENOTDIR", place.name);
  return node;
}

function sizeOf(node: WritableNode): number {
  if (node.kind === "file") return node.bytes.size;
  if (node.kind === "symlink") return pathLength(node.target);
  return node.kind === "directory" ? 4096 : 0;
}

function setName(parent: WritableDirectory, name: string, node: WritableNode): void {
  parent.children.set(name, node);
  node.names.push({ parent, name });
  parent.mtime = parent.ctime = now();
  tellName({ parent, name });
}

function clearName(parent: WritableDirectory, name: string, node: WritableNode): void {
  tellName({ parent, name });
  node.names = node.names.filter((one) => one.parent !== parent || one.name !== name);
  parent.children.delete(name);
  parent.mtime = parent.ctime = now();
}

/** @throws {FileError} ENOTDIR, EISDIR, ENOTEMPTY */
function checkReplaces(node: WritableNode, replaced: WritableNode, name: string): void {
  if (node.kind === "directory" && replaced.kind !== "directory") throw new FileError("ENOTDIR", name);
  if (node.kind !== "directory" && replaced.kind === "directory") throw new FileError("EISDIR", name);
  checkEmpty(replaced, name);
}

function checkEmpty(node: WritableNode, name: string): void {
  if (node.kind === "directory" && node.children.size > 0) throw new FileError("ENOTEMPTY", name);
}

/** @throws {FileError} ENOTEMPTY */
function dropName(parent: WritableDirectory, name: string, node: WritableNode): void {
  checkEmpty(node, name);
  parent.quota.take({ names: -1 });
  node.nlink = node.kind === "directory" ? 0 : node.nlink - 1;
  node.ctime = now();
  clearName(parent, name, node);
  if (node.nlink === 0) node.quota.addNameless(node);
}

/** Before the node holds so many bytes more, or fewer. @throws {FileError} ENOSPC */
function charge(node: WritableNode, bytes: number): void {
  node.quota.take({ bytes });
  node.charged += bytes;
}

/** Does what makes the file hold so many bytes. @throws {FileError} ENOSPC; the file is as it was then. */
function charged(file: WritableFile, held: number, work: () => void): void {
  const growth = held - file.bytes.heldBytes;
  charge(file, growth);
  try {
    work();
  } catch (error) {
    charge(file, -growth);
    throw error;
  }
}

/** Of all below the node's name. @throws {FileError} ENOSPC; all stays with `from` then. */
function moveCharges(top: WritableNode, from: Quota, to: Quota): void {
  const nodes = [...withDescendants(top)];
  const moved = [...new Set(nodes)].filter((node) => node.quota !== to);
  to.take({ bytes: moved.reduce((sum, node) => sum + node.charged, 0), names: nodes.length });
  from.take({ names: -nodes.length });
  for (const node of moved) {
    node.quota.take({ bytes: -node.charged });
    node.quota = to;
  }
}

/** Once for each name. */
function* withDescendants(node: WritableNode): Generator<WritableNode> {
  yield node;
  if (node.kind === "directory") for (const child of node.children.values()) yield* withDescendants(child);
}

function xattrBytes(name: string, value: Uint8Array | undefined | null): number {
  return value ? pathLength(name) + value.length : 0;
}

function isWithin(directory: WritableDirectory, ancestor: WritableNode): boolean {
  for (let at: WritableDirectory | undefined = directory; at; at = at.names[0]?.parent)
    if (at === ancestor) return true;
  return false;
}

/** Tells every path of `node` to the tree that it is in. */
function tell(node: WritableNode): void {
  for (const name of node.names) tellName(name);
}

function tellName({ parent, name }: Name): void {
  let path = name;
  let at = parent;
  for (let above = at.names[0]; above; above = at.names[0]) {
    path = `${above.name}/${path}`;
    at = above.parent;
  }
  at.files?.told(path);
}
