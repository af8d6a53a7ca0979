import { type DirectoryNode, fileNode, type TreeNode } from "../../machine/ninep/tree.js";
import { EPOCH, type FileAttributes } from "../../shared/files/file-attributes.js";
import type { TarEntry } from "../../shared/tar/entry.js";
import { pathLength } from "../../shared/text/path-bytes.js";
import { LayerError } from "./layer-store.js";
import { OPAQUE_XATTR, OVERLAY_XATTR_PREFIX, WHITEOUT_PREFIX } from "./whiteouts.js";

interface Directory extends DirectoryNode {
  children: Map<string, TreeNode>;
}

const MAX_SYMLINKS = 40;
const MAX_NAME_BYTES = 255;

/**
 * Makes a layer's tree from tar entries in any order: later entries replace earlier ones, directories that the tar
 * leaves out are made 0755 root, symlinks on the way to an entry are followed inside the layer.
 */
export class TreeBuilder {
  readonly root: Directory = { type: "directory", mode: 0o755, uid: 0, gid: 0, mtime: EPOCH, children: new Map() };
  /** Markers act on the layers below only, so they wait for what the layer itself has in their place. */
  readonly #whiteouts: { parts: string[]; entry: TarEntry }[] = [];
  readonly #opaque: { parts: string[]; entry: TarEntry }[] = [];

  /** @throws {LayerError} naming the entry that cannot be placed. */
  set(parts: readonly string[], entry: TarEntry): void {
    const name = parts.at(-1);
    if (name === undefined) {
      this.#setRoot(entry);
      return;
    }
    const parent = this.#directory(parts.slice(0, -1), entry);
    const before = parent.children.get(name);
    if (entry.type === "directory" && before?.type === "directory") Object.assign(before, attributesOf(entry));
    else parent.children.set(name, this.#node(entry));
  }

  whiteout(parts: string[], entry: TarEntry): void {
    this.#whiteouts.push({ parts, entry });
  }

  opaque(parts: string[], entry: TarEntry): void {
    this.#opaque.push({ parts, entry });
  }

  finish(): DirectoryNode {
    for (const { parts, entry } of this.#opaque) makeOpaque(this.#directory(parts, entry));
    for (const { parts, entry } of this.#whiteouts) {
      const parent = this.#directory(parts.slice(0, -1), entry);
      const name = parts.at(-1)!;
      const there = parent.children.get(name);
      if (there?.type === "directory") makeOpaque(there);
      else if (!there) parent.children.set(name, whiteoutNode(entry));
    }
    return this.root;
  }

  #setRoot(entry: TarEntry): void {
    if (entry.type !== "directory")
      throw new LayerError(`layer entry ${quote(entry)} puts a ${entry.type} at the root`);
    Object.assign(this.root, attributesOf(entry));
  }

  #node(entry: TarEntry): TreeNode {
    const attributes = attributesOf(entry);
    switch (entry.type) {
      case "directory":
        return { ...attributes, type: "directory", children: new Map() };
      case "file":
        return fileNode(entry.contents ?? new Uint8Array(), attributes);
      case "symlink":
        return { ...attributes, type: "symlink", mode: 0o777, target: entry.linkname ?? "" };
      case "hardlink":
        return this.#linked(entry);
      default:
        return { ...attributes, type: entry.type, major: entry.major ?? 0, minor: entry.minor ?? 0 };
    }
  }

  #linked(entry: TarEntry): TreeNode {
    const parts = layerPath(entry.linkname ?? "", entry);
    const name = parts.at(-1);
    const node = name === undefined ? undefined : this.#directory(parts.slice(0, -1), entry).children.get(name);
    if (!node || node.type === "directory")
      throw new LayerError(
        `layer entry ${quote(entry)} is a hard link to ${JSON.stringify(entry.linkname)}, which the layer does not have`,
      );
    return node;
  }

  #directory(parts: readonly string[], entry: TarEntry): Directory {
    let at: Directory = this.root;
    let path: string[] = [];
    let left = [...parts];
    let links = 0;
    for (let part = left.shift(); part !== undefined; part = left.shift()) {
      const child = at.children.get(part) ?? this.#implied(at, part, entry);
      if (child.type === "directory") {
        at = child as Directory;
        path.push(part);
      } else if (child.type === "symlink") {
        if (++links > MAX_SYMLINKS) throw new LayerError(`layer entry ${quote(entry)} goes through too many symlinks`);
        left = [...resolveLink(path, child.target), ...left];
        [at, path] = [this.root, []];
      } else
        throw new LayerError(`layer entry ${quote(entry)} is below /${[...path, part].join("/")}, a ${child.type}`);
    }
    return at;
  }

  #implied(parent: Directory, name: string, { mtime }: TarEntry): TreeNode {
    const made: Directory = { type: "directory", mode: 0o755, uid: 0, gid: 0, mtime, children: new Map() };
    parent.children.set(name, made);
    return made;
  }
}

/**
 * The names of a path in a tar, taken from the layer's root.
 * @throws {LayerError} if it leaves the layer, or if no file system would take a name.
 */
export function layerPath(path: string, entry: TarEntry): string[] {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.pop() === undefined) throw new LayerError(`layer entry ${quote(entry)} leaves the layer`);
  }
  const long = parts.find((part) => pathLength(part) > mostBytes(part));
  if (long) throw new LayerError(`layer entry ${quote(entry)} has a name longer than ${MAX_NAME_BYTES} bytes`);
  return parts;
}

/** A whiteout's name is as long as the one that it hides, and its prefix comes on top. */
function mostBytes(name: string): number {
  return MAX_NAME_BYTES + (name.startsWith(WHITEOUT_PREFIX) ? WHITEOUT_PREFIX.length : 0);
}

/** As the guest would resolve it with the layer as its root: `..` stops there. */
function resolveLink(directory: readonly string[], target: string): string[] {
  const parts = target.startsWith("/") ? [] : [...directory];
  for (const part of target.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return parts;
}

/** Overlayfs' own attributes are not a tar's to set. */
function attributesOf({ mode, uid, gid, mtime, xattrs }: TarEntry): FileAttributes {
  const kept = [...(xattrs ?? [])].filter(([name]) => !name.startsWith(OVERLAY_XATTR_PREFIX));
  return { mode, uid, gid, mtime, xattrs: kept.length > 0 ? new Map(kept) : undefined };
}

function makeOpaque(directory: DirectoryNode): void {
  directory.xattrs = new Map([...(directory.xattrs ?? []), [OPAQUE_XATTR, Uint8Array.of(0x79)]]);
}

function whiteoutNode({ mtime }: TarEntry): TreeNode {
  return { type: "character", mode: 0, uid: 0, gid: 0, mtime, major: 0, minor: 0 };
}

function quote({ path }: TarEntry): string {
  return JSON.stringify(path);
}
