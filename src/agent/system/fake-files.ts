/** A small file tree in memory, for the recording fake. No permissions, no mounts; symlinks are followed at the end. */
import { EPOCH, type FileTime } from "../../shared/files/file-attributes.js";
import { S_IFDIR, S_IFLNK, S_IFMT, S_IFREG } from "./constants.js";
import { type Stat, SystemError } from "./system.js";

export interface FakeNode {
  mode: number;
  uid: number;
  gid: number;
  mtime: FileTime;
  major: number;
  minor: number;
  ino: number;
  bytes: Uint8Array;
  /** Room that it takes, where that is less than its bytes would. */
  heldBytes?: number;
  /** Of a symlink. */
  target: string;
  xattrs: Map<string, Uint8Array>;
}

export class FakeFiles {
  readonly #nodes = new Map<string, FakeNode>();
  #inodes = 1;

  constructor() {
    this.#nodes.set("/", this.#create(S_IFDIR | 0o755));
  }

  #create(mode: number): FakeNode {
    const bytes = new Uint8Array();
    return {
      mode,
      uid: 0,
      gid: 0,
      mtime: EPOCH,
      major: 0,
      minor: 0,
      ino: this.#inodes++,
      bytes,
      target: "",
      xattrs: new Map(),
    };
  }

  /** Makes a node; the parent must be there. */
  add(call: string, path: string, mode: number): FakeNode {
    const name = normal(path);
    if (this.#nodes.has(name)) throw new SystemError("EEXIST", call, path);
    const parent = this.node(call, parentOf(name), true);
    if (!isKind(parent, S_IFDIR)) throw new SystemError("ENOTDIR", call, path);
    const node = this.#create(mode);
    this.#nodes.set(name, node);
    return node;
  }

  /** A file with its parent directories, made or replaced. */
  put(path: string, bytes: Uint8Array, mode = 0o644): FakeNode {
    this.putDirectory(parentOf(normal(path)));
    const node = this.#nodes.get(normal(path)) ?? this.add("open", path, S_IFREG | mode);
    node.bytes = bytes;
    return node;
  }

  putDirectory(path: string): void {
    const name = normal(path);
    if (this.#nodes.has(name)) return;
    this.putDirectory(parentOf(name));
    this.add("mkdir", name, S_IFDIR | 0o755);
  }

  node(call: string, path: string, follow: boolean): FakeNode {
    const node = this.#nodes.get(normal(path));
    if (!node) throw new SystemError("ENOENT", call, path);
    if (follow && isKind(node, S_IFLNK)) return this.node(call, joined(parentOf(normal(path)), node.target), true);
    return node;
  }

  has(path: string): boolean {
    return this.#nodes.has(normal(path));
  }

  names(path: string): string[] {
    if (!isKind(this.node("readdir", path, true), S_IFDIR)) throw new SystemError("ENOTDIR", "readdir", path);
    const prefix = normal(path) === "/" ? "/" : `${normal(path)}/`;
    return [...this.#nodes.keys()]
      .filter((name) => name !== "/" && name.startsWith(prefix) && !name.slice(prefix.length).includes("/"))
      .map((name) => name.slice(prefix.length));
  }

  remove(call: "rmdir" | "unlink", path: string): void {
    const node = this.node(call, path, false);
    const isDirectory = isKind(node, S_IFDIR);
    if (call === "unlink" && isDirectory) throw new SystemError("EISDIR", call, path);
    if (call === "rmdir" && !isDirectory) throw new SystemError("ENOTDIR", call, path);
    if (isDirectory && this.names(path).length > 0 && !isControlGroup(path))
      throw new SystemError("ENOTEMPTY", call, path);
    this.#removeTree(normal(path));
  }

  #removeTree(path: string): void {
    for (const name of [...this.#nodes.keys()])
      if (name === path || name.startsWith(`${path}/`)) this.#nodes.delete(name);
  }

  link(from: string, to: string): void {
    const node = this.node("link", from, false);
    if (this.has(to)) throw new SystemError("EEXIST", "link", to);
    this.#nodes.set(normal(to), node);
  }

  rename(from: string, to: string): void {
    this.node("rename", from, false);
    this.node("rename", parentOf(normal(to)), true);
    this.#removeTree(normal(to));
    for (const [name, node] of [...this.#nodes])
      if (name === normal(from) || name.startsWith(`${normal(from)}/`)) {
        this.#nodes.delete(name);
        this.#nodes.set(normal(to) + name.slice(normal(from).length), node);
      }
  }

  stat(call: "stat" | "lstat", path: string): Stat {
    const node = this.node(call, path, call === "stat");
    const { mode, uid, gid, mtime, ino, major, minor } = node;
    const nlink = [...this.#nodes.values()].filter((other) => other === node).length;
    const size = isKind(node, S_IFLNK) ? node.target.length : node.bytes.length;
    const blocks = Math.ceil((node.heldBytes ?? size) / 512);
    return { mode, uid, gid, size, blocks, mtime, ino, nlink, dev: 1, major, minor };
  }
}

function isKind(node: FakeNode, kind: number): boolean {
  return (node.mode & S_IFMT) === kind;
}

/** The kernel removes a control group with its control files. */
function isControlGroup(path: string): boolean {
  return path.startsWith("/sys/fs/cgroup/");
}

function normal(path: string): string {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return `/${parts.join("/")}`;
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/")) || "/";
}

function joined(directory: string, path: string): string {
  return path.startsWith("/") ? path : `${directory}/${path}`;
}
