/**
 * A layer being written by COPY, ADD or WORKDIR, on top of a tree that is there. Parents of what is written come
 * along with the attributes they have, since overlayfs takes those of the topmost layer.
 */
import type { NodeAttributes, TreeNode } from "../../machine/ninep/tree.js";
import type { TarEntry } from "../../shared/tar/entry.js";
import { writeTar } from "../../shared/tar/write-tar.js";
import { contentsOf, type LayeredTree, resolvePath } from "../containers/layered-tree.js";
import { digestOf } from "../content/digest-of.js";
import { BuildError } from "./build-error.js";

interface Draft {
  path: string;
  node: TreeNode;
  /** Made or changed by the instruction, not merely passed through. */
  isWritten: boolean;
}

export class LayerDraft {
  readonly #tree: LayeredTree;
  /** Milliseconds since 1970, for directories that are made. */
  readonly #now: number;
  readonly #drafts = new Map<string, Draft>();

  constructor(tree: LayeredTree, now: number) {
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
    this.#put(real, { type: "directory", mode: 0o755, ...owner, mtimeMs: this.#now, children: new Map() }, true);
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
      lines.push([path, node.type, mode, uid, gid, content]);
    }
    return digestOf(new TextEncoder().encode(JSON.stringify(lines)));
  }

  async tar(): Promise<Uint8Array> {
    const entries: TarEntry[] = [];
    for (const { path, node } of this.#sorted()) entries.push(await entryOf(path.slice(1), node));
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
    // By components, so that a directory's own come before its neighbour's.
    const key = ({ path }: Draft) => path.replaceAll("/", "\0");
    return [...this.#drafts.values()].sort((a, b) => (key(a) < key(b) ? -1 : 1));
  }
}

const digests = new WeakMap<object, Promise<string>>();

/** Computed once for each file of a build, however many instructions copy it. */
function fileDigest(node: Extract<TreeNode, { type: "file" }>): Promise<string> {
  let digest = digests.get(node.contents);
  if (!digest) {
    digest = contentsOf(node).then(digestOf);
    digests.set(node.contents, digest);
  }
  return digest;
}

async function entryOf(path: string, node: TreeNode): Promise<TarEntry> {
  const attributes: NodeAttributes & { path: string } = {
    path,
    mode: node.mode,
    uid: node.uid,
    gid: node.gid,
    mtimeMs: node.mtimeMs,
  };
  const xattrs = new Map([...(node.xattrs ?? [])].filter(([name]) => !name.startsWith("trusted.overlay.")));
  if (xattrs.size > 0) attributes.xattrs = xattrs;
  switch (node.type) {
    case "file":
      return { ...attributes, type: "file", contents: await contentsOf(node) };
    case "symlink":
      return { ...attributes, type: "symlink", linkname: node.target };
    case "directory":
      return { ...attributes, type: "directory" };
    default:
      return { ...attributes, type: node.type, major: node.major, minor: node.minor };
  }
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/")) || "/";
}
