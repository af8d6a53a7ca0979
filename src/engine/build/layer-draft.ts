/**
 * A layer being written by COPY, ADD or WORKDIR, on top of a tree that is there. Parents of what is written come
 * along with the attributes they have, since overlayfs takes those of the topmost layer.
 */
import { dataOf, type TreeNode } from "../../machine/ninep/tree.js";
import type { FileTime } from "../../shared/files/file-attributes.js";
import { SparseBytes } from "../../shared/files/sparse-bytes.js";
import type { TarEntry } from "../../shared/tar/entry.js";
import { writeTar } from "../../shared/tar/write-tar.js";
import { compareNames, comparePaths } from "../../shared/text/path-bytes.js";
import { type LayeredTree, resolvePath } from "../containers/layered-tree.js";
import { digestOf } from "../content/digest-of.js";
import { ownXattrs, tarEntryOf } from "../layers/tar-entry-of.js";
import { BuildError } from "./build-error.js";

interface Draft {
  path: string;
  node: TreeNode;
  /** Made or changed by the instruction, not merely passed through. */
  isWritten: boolean;
}

export class LayerDraft {
  readonly #tree: LayeredTree;
  /** For directories that are made. */
  readonly #now: FileTime;
  readonly #drafts = new Map<string, Draft>();

  constructor(tree: LayeredTree, now: FileTime) {
    this.#tree = tree;
    this.#now = now;
  }

  /** What is at `path` once the layer is on top, symlinks followed. */
  at(path: string): TreeNode | undefined {
    return this.#drafts.get(this.real(path))?.node ?? this.#tree.lookup(this.real(path))?.node;
  }

  /** `path` with the symlinks of the tree below followed as far as they go. */
  real(path: string): string {
    const clean = resolvePath("/", path);
    if (clean === "/" || this.#drafts.has(clean)) return clean;
    const found = this.#tree.lookup(clean);
    if (found) return found.path;
    const slash = clean.lastIndexOf("/");
    const parent = this.real(clean.slice(0, slash) || "/");
    return `${parent === "/" ? "" : parent}${clean.slice(slash)}`;
  }

  /** mkdir -p. */
  makeDirectory(path: string, owner: { uid: number; gid: number } = { uid: 0, gid: 0 }): void {
    const real = this.real(path);
    const there = this.at(real);
    if (there && there.type !== "directory")
      throw new BuildError(`cannot make directory ${path}: it is a ${there.type}`);
    if (there) return;
    this.makeDirectory(parentOf(real));
    this.#put(real, { type: "directory", mode: 0o755, ...owner, mtime: this.#now, children: new Map() }, true);
  }

  /** Writes `node` at `path`, whose parents are made. A directory over a directory changes its attributes. */
  write(path: string, node: TreeNode): void {
    const parent = this.real(parentOf(resolvePath("/", path)));
    this.makeDirectory(parent);
    const target = `${parent === "/" ? "" : parent}/${resolvePath("/", path).split("/").at(-1)}`;
    const there = this.#drafts.get(target)?.node ?? this.#tree.lookup(target, { follow: false })?.node;
    if (there?.type === "directory" && node.type !== "directory")
      throw new BuildError(`cannot copy to ${target}: it is a directory, and the source is not`);
    if (there && there.type !== "directory" && node.type === "directory") {
      const followed = this.#tree.lookup(target);
      if (there.type === "symlink" && followed?.node.type === "directory") return;
      throw new BuildError(`cannot copy to non-directory: ${target}`);
    }
    this.#put(target, node, true);
  }

  /** Digest of what was written, times left out: the same copy gives the same key. */
  async contentKey(): Promise<string> {
    const lines: unknown[] = [];
    for (const { path, node, isWritten } of this.#sorted()) {
      if (!isWritten) continue;
      const { mode, uid, gid } = node;
      const content = node.type === "file" ? await fileDigest(node) : node.type === "symlink" ? node.target : "";
      lines.push([path, node.type, mode, uid, gid, content, ...xattrLines(node)]);
    }
    return digestOf(new TextEncoder().encode(JSON.stringify(lines)));
  }

  async tar(): Promise<Uint8Array> {
    const entries: TarEntry[] = [];
    for (const { path, node } of this.#sorted()) entries.push(await tarEntryOf(path.slice(1), node));
    return writeTar(entries);
  }

  #put(path: string, node: TreeNode, isWritten: boolean): void {
    for (let parent = parentOf(path); parent !== "/"; parent = parentOf(parent)) {
      const found = this.#drafts.has(parent) ? undefined : this.#tree.lookup(parent)?.node;
      if (found) this.#drafts.set(parent, { path: parent, node: found, isWritten: false });
    }
    this.#drafts.set(path, { path, node, isWritten });
  }

  #sorted(): Draft[] {
    return [...this.#drafts.values()].sort((a, b) => comparePaths(a.path, b.path));
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

function xattrLines(node: TreeNode): unknown[] {
  return [...ownXattrs(node)].sort(([a], [b]) => compareNames(a, b)).map(([name, value]) => [name, [...value]]);
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/")) || "/";
}
