import { SparseBytes } from "../../shared/files/sparse-bytes.js";
import { pathLength } from "../../shared/text/path-bytes.js";
import { FileError } from "./errors.js";
import { type Attributes, Files, FileType, nextQidPath, type Place } from "./files.js";
import type { DirectoryNode, ReadOnlyTree, TreeNode } from "./tree.js";

const TYPE_BITS: Record<TreeNode["type"], number> = {
  file: FileType.file,
  directory: FileType.directory,
  symlink: FileType.symlink,
  character: FileType.character,
  block: FileType.block,
  fifo: FileType.fifo,
};
const NO_XATTRS: ReadonlyMap<string, Uint8Array> = new Map();
const DIRECTORY_BYTES = 4096;

/** A published layer tree. */
export class ReadOnlyFiles extends Files {
  #tree: ReadOnlyTree | null;
  readonly #onFirstOpen: (node: TreeNode, place: Place) => void;
  #qidPaths = new Map<TreeNode, number>();
  #opened = new Set<TreeNode>();
  /** Names of each file that has several; counted when first asked for. */
  #links: Map<TreeNode, number> | null = null;

  constructor(tree: ReadOnlyTree, onFirstOpen: (node: TreeNode, place: Place) => void = () => {}) {
    super();
    this.#tree = tree;
    this.#onFirstOpen = onFirstOpen;
  }

  get root(): DirectoryNode {
    if (!this.#tree) throw new FileError("ESTALE", "a tree that was taken away");
    return this.#tree.root;
  }

  /** Lets the tree go. */
  withdraw(): void {
    this.gone = true;
    this.#tree = null;
    this.#qidPaths = new Map();
    this.#opened = new Set();
    this.#links = null;
  }

  attributes(object: object): Attributes {
    const node = object as TreeNode;
    const device = node.type === "character" || node.type === "block" ? node : { major: 0, minor: 0 };
    return {
      mode: TYPE_BITS[node.type] | (node.mode & 0o7777),
      uid: node.uid,
      gid: node.gid,
      nlink: node.type === "directory" ? 1 : (this.#linkCounts().get(node) ?? 1),
      major: device.major,
      minor: device.minor,
      size: sizeOf(node),
      heldBytes: heldBytes(node),
      mtime: node.mtime,
      atime: node.mtime,
      ctime: node.mtime,
      qidPath: this.#qidPath(node),
    };
  }

  lookup(place: Place, name: string): Place | undefined {
    const node = asDirectory(place).children.get(name);
    return node && { files: this, node, name, parent: place };
  }

  list(place: Place): Place[] {
    return Array.from(asDirectory(place).children, ([name, node]) => ({ files: this, node, name, parent: place }));
  }

  override read(node: object, offset: number, length: number): Uint8Array | Promise<Uint8Array> {
    const file = node as TreeNode;
    if (file.type !== "file") throw new FileError(file.type === "directory" ? "EISDIR" : "EINVAL", "read");
    if (offset >= file.size) return new Uint8Array(0);
    return file.contents.read(offset, Math.min(length, file.size - offset));
  }

  override readlink(node: object): string {
    const link = node as TreeNode;
    if (link.type !== "symlink") throw new FileError("EINVAL", "readlink of no symlink");
    return link.target;
  }

  override xattrs(node: object): ReadonlyMap<string, Uint8Array> {
    return (node as TreeNode).xattrs ?? NO_XATTRS;
  }

  override opened(place: Place): void {
    const node = place.node as TreeNode;
    if (node.type !== "file" || this.#opened.has(node)) return;
    this.#opened.add(node);
    this.#onFirstOpen(node, place);
  }

  #qidPath(node: TreeNode): number {
    let path = this.#qidPaths.get(node);
    if (path === undefined) {
      path = nextQidPath();
      this.#qidPaths.set(node, path);
    }
    return path;
  }

  #linkCounts(): Map<TreeNode, number> {
    if (!this.#links) {
      this.#links = new Map();
      countLinks(this.root, this.#links);
    }
    return this.#links;
  }
}

function asDirectory(place: Place): DirectoryNode {
  const node = place.node as TreeNode;
  if (node.type !== "directory") throw new FileError("ENOTDIR", place.name);
  return node;
}

function sizeOf(node: TreeNode): number {
  if (node.type === "file") return node.size;
  if (node.type === "symlink") return pathLength(node.target);
  return node.type === "directory" ? DIRECTORY_BYTES : 0;
}

function heldBytes(node: TreeNode): number {
  return node.type === "file" && node.contents instanceof SparseBytes ? node.contents.data.length : sizeOf(node);
}

/** Keeps only the nodes met more than once, after a pass that sees each name. */
function countLinks(root: DirectoryNode, links: Map<TreeNode, number>): void {
  const visit = (directory: DirectoryNode) => {
    for (const child of directory.children.values()) {
      if (child.type === "directory") visit(child);
      else links.set(child, (links.get(child) ?? 0) + 1);
    }
  };
  visit(root);
  for (const [node, count] of links) if (count === 1) links.delete(node);
}
