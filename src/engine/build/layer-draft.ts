/**
 * A layer being written by COPY, ADD or WORKDIR: a directory tree on top of layers that are there, seen as one with
 * them. Parents of what is written come along with the attributes they have, since overlayfs takes those of the
 * topmost layer. Paths are *real* where no symlink is in them, except perhaps at the end.
 */
import { type DirectoryNode, dataOf, type ReadOnlyTree, type TreeNode } from "../../machine/ninep/tree.js";
import type { FileTime } from "../../shared/files/file-attributes.js";
import { SparseBytes } from "../../shared/files/sparse-bytes.js";
import type { TarEntry } from "../../shared/tar/entry.js";
import { writeTar } from "../../shared/tar/write-tar.js";
import { compareNames, comparePaths } from "../../shared/text/path-bytes.js";
import { LayeredTree, type MergedNode, resolvePath } from "../containers/layered-tree.js";
import { digestOf } from "../content/digest-of.js";
import { ownXattrs, tarEntryOf } from "../layers/tar-entry-of.js";
import { BuildError } from "./build-error.js";
import type { WrittenFile } from "./step-inputs.js";

type MutableDirectory = DirectoryNode & { children: Map<string, TreeNode> };

/** Of directories made on the way. */
export interface DirectoryAttributes {
  mode?: number;
  uid?: number;
  gid?: number;
}

/** As in BuildKit's way of finding what is below a root. */
const MAX_LINKS = 255;

export class LayerDraft {
  /** What is below, with this layer on top. */
  readonly #tree: LayeredTree;
  readonly #upper: MutableDirectory;
  /** For directories that are made. */
  readonly #now: FileTime;
  /** Directories that have something written below them and are themselves as they were. */
  readonly #passed = new Set<TreeNode>();

  /** @param below lowest first. */
  constructor(below: readonly ReadOnlyTree[], now: FileTime) {
    const { node } = new LayeredTree(below).root;
    this.#upper = { ...(withoutOverlay(node) as DirectoryNode), children: new Map() };
    this.#tree = new LayeredTree([...below, { root: this.#upper }]);
    this.#now = now;
  }

  /** What was written so far, and what that passes through. */
  get root(): DirectoryNode {
    return this.#upper;
  }

  /** What is at `path` once the layer is on top. */
  at(path: string, options?: { follow: boolean }): MergedNode | undefined {
    return this.#tree.lookup(path, options);
  }

  /** `path` with its symlinks followed as far as they go; none leads out of `root`, a real path that they start from. */
  real(path: string, root = "/"): string {
    let rest = partsOf(path);
    let at = "";
    for (let links = 0; rest.length > 0; ) {
      const next = `${at}/${rest.shift()}`;
      const node = this.at(join(root, next), { follow: false })?.node;
      if (node?.type === "symlink") {
        if (++links > MAX_LINKS) throw new BuildError(`too many links: ${path}`);
        rest = [...partsOf(resolvePath(at || "/", node.target)), ...rest];
        at = "";
      } else at = next;
    }
    return join(root, at);
  }

  /** mkdir -p, symlinks followed: all that are made are alike. @returns the real path. */
  makeDirectory(path: string, attributes: DirectoryAttributes = {}, root = "/"): string {
    const real = this.real(path, root);
    const there = this.at(real)?.node;
    if (there && there.type !== "directory") throw new BuildError(`mkdir ${real}: not a directory`);
    if (there || real === "/") return real;
    this.makeDirectory(parentOf(real), attributes);
    const { mode = 0o755, uid = 0, gid = 0 } = attributes;
    this.#put(real, { type: "directory", mode, uid, gid, mtime: this.#now, children: new Map() });
    return real;
  }

  /** A file where `path`, a real one, leads to none or to another; a symlink is replaced, not followed. */
  writeFile(path: string, node: Exclude<TreeNode, DirectoryNode>): void {
    if (this.at(path, { follow: false })?.node.type === "directory")
      throw new BuildError(`cannot replace to directory ${path} with file`);
    this.#put(path, node);
  }

  /** A directory with these attributes at the real `path`; one that is there keeps what is in it. */
  writeDirectory(path: string, node: DirectoryNode): void {
    const there = this.at(path, { follow: false })?.node;
    if (there && there.type !== "directory") throw new BuildError(`cannot copy to non-directory: ${path}`);
    const { children } = there ? this.#open(path) : { children: new Map() };
    this.#put(path, { ...node, children });
  }

  /** Whatever is at the real `path` gives way, but a directory keeps what is in it when another takes its place. */
  replace(path: string, node: TreeNode): void {
    const there = this.at(path, { follow: false })?.node;
    if (node.type === "directory" && there?.type === "directory") this.writeDirectory(path, node);
    else this.#put(path, node.type === "directory" ? { ...node, children: new Map() } : node);
  }

  /** The time of a directory that is there, or was made. */
  touch(path: string, mtime: FileTime): void {
    Object.assign(this.#open(path), { mtime });
  }

  /** What was written, in order: path, then all that counts of it. Times do not: the same copy is the same again. */
  async written(): Promise<WrittenFile[]> {
    const lines: WrittenFile[] = [];
    for (const { path, node } of this.#entries()) {
      if (this.#passed.has(node)) continue;
      const { mode, uid, gid } = node;
      const content = node.type === "file" ? await fileDigest(node) : node.type === "symlink" ? node.target : "";
      lines.push([path, node.type, mode, uid, gid, content, ...xattrLines(node)]);
    }
    return lines;
  }

  async tar(): Promise<Uint8Array> {
    const first = new Map<TreeNode, string>();
    const entries: TarEntry[] = [];
    for (const { path, node } of this.#entries()) {
      const entry = await tarEntryOf(path.slice(1), node);
      const linkname = node.type === "file" ? first.get(node) : undefined;
      entries.push(linkname === undefined ? entry : { ...entry, type: "hardlink", linkname, contents: undefined });
      if (linkname === undefined) first.set(node, entry.path);
    }
    return writeTar(entries);
  }

  #put(path: string, node: TreeNode): void {
    this.#open(parentOf(path)).children.set(nameOf(path), withoutOverlay(node));
  }

  /** The directory at a real path, in this layer. */
  #open(path: string): MutableDirectory {
    let directory = this.#upper;
    let walked = "";
    for (const part of partsOf(path)) {
      walked += `/${part}`;
      let child = directory.children.get(part);
      if (!child) {
        const below = this.at(walked, { follow: false })!.node as DirectoryNode;
        child = { ...withoutOverlay(below), children: new Map() };
        directory.children.set(part, child);
        this.#passed.add(child);
      }
      directory = child as MutableDirectory;
    }
    return directory;
  }

  #entries(): { path: string; node: TreeNode }[] {
    const entries: { path: string; node: TreeNode }[] = [];
    const gather = (directory: DirectoryNode, base: string) => {
      for (const [name, node] of directory.children) {
        entries.push({ path: `${base}/${name}`, node });
        if (node.type === "directory") gather(node, `${base}/${name}`);
      }
    };
    gather(this.#upper, "");
    return entries.sort((a, b) => comparePaths(a.path, b.path));
  }
}

const digests = new WeakMap<object, Promise<string>>();

/** Computed once for each file of a build, however many instructions copy it. */
function fileDigest(node: Extract<TreeNode, { type: "file" }>): Promise<string> {
  let digest = digests.get(node.contents);
  if (!digest) {
    digest = dataOf(node).then(async (data) =>
      data instanceof SparseBytes
        ? JSON.stringify([data.size, data.extents, await digestOf(data.data)])
        : digestOf(data),
    );
    digests.set(node.contents, digest);
  }
  return digest;
}

/** Without overlayfs' own attributes, which say how layers below are hidden. */
function withoutOverlay<N extends TreeNode>(node: N): N {
  const own = ownXattrs(node);
  if (own.size === (node.xattrs?.size ?? 0)) return node;
  const { xattrs, ...rest } = node;
  return { ...rest, ...(own.size > 0 && { xattrs: own }) } as N;
}

function xattrLines(node: TreeNode): unknown[] {
  return [...ownXattrs(node)].sort(([a], [b]) => compareNames(a, b)).map(([name, value]) => [name, [...value]]);
}

function partsOf(path: string): string[] {
  return resolvePath("/", path).split("/").filter(Boolean);
}

export function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/")) || "/";
}

export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

export function join(directory: string, path: string): string {
  return resolvePath("/", `${directory}/${path}`);
}
