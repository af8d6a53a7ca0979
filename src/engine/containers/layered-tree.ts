/**
 * Layers seen as one tree, as overlayfs shows them to a container: the topmost layer that has a name decides, whiteouts
 * (0/0 character devices) hide, directories merge down to the first opaque one.
 */
import { type DirectoryNode, dataOf, type ReadOnlyTree, type TreeNode } from "../../machine/ninep/tree.js";
import { EPOCH } from "../../shared/files/file-attributes.js";
import { wholeOf } from "../../shared/files/sparse-bytes.js";
import { compareNames } from "../../shared/text/path-bytes.js";

export interface MergedNode {
  /** Absolute, with every symlink above it followed. */
  readonly path: string;
  /** Of the topmost layer that has it: its attributes count. */
  readonly node: TreeNode;
  /** The directories that merge here, topmost first; empty for anything else. */
  readonly directories: readonly DirectoryNode[];
}

const MAX_SYMLINKS = 40;

export class LayeredTree {
  readonly root: MergedNode;

  /** @param layers lowest first. */
  constructor(layers: readonly ReadOnlyTree[]) {
    const directories = untilOpaque(layers.map((layer) => layer.root).reverse());
    this.root = { path: "/", node: directories[0] ?? EMPTY_ROOT, directories };
  }

  /** Undefined where there is nothing. Symlinks above the last name are always followed, inside the tree. */
  lookup(path: string, { follow = true }: { follow?: boolean } = {}): MergedNode | undefined {
    return this.#walk(partsOf(path), follow, 0);
  }

  children(parent: MergedNode): MergedNode[] {
    const names = new Set(parent.directories.flatMap((directory) => [...directory.children.keys()]));
    return [...names].sort(compareNames).flatMap((name) => childOf(parent, name) ?? []);
  }

  /** Everything below `node` and itself, parents first. */
  *walk(node: MergedNode): Generator<MergedNode, void, undefined> {
    yield node;
    for (const child of this.children(node)) yield* this.walk(child);
  }

  /** Text of a small file, undefined where there is none. */
  async readText(path: string): Promise<string | undefined> {
    const found = this.lookup(path);
    return found?.node.type === "file" ? new TextDecoder().decode(wholeOf(await dataOf(found.node))) : undefined;
  }

  #walk(parts: string[], follow: boolean, links: number): MergedNode | undefined {
    let at = this.root;
    for (const [index, part] of parts.entries()) {
      const child = childOf(at, part);
      if (!child) return undefined;
      const isLast = index === parts.length - 1;
      if (child.node.type !== "symlink" || (isLast && !follow)) {
        at = child;
        continue;
      }
      if (links >= MAX_SYMLINKS) return undefined;
      const target = resolvePath(at.path, child.node.target);
      return this.#walk([...partsOf(target), ...parts.slice(index + 1)], follow, links + 1);
    }
    return at;
  }
}

/** `path` taken from `directory`, without `.` and `..`; it never leaves the root. */
export function resolvePath(directory: string, path: string): string {
  const parts: string[] = [];
  for (const part of `${path.startsWith("/") ? "" : directory}/${path}`.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return `/${parts.join("/")}`;
}

function childOf(parent: MergedNode, name: string): MergedNode | undefined {
  const path = `${parent.path === "/" ? "" : parent.path}/${name}`;
  const merged: DirectoryNode[] = [];
  for (const directory of parent.directories) {
    const node = directory.children.get(name);
    if (!node) continue;
    if (node.type !== "directory") {
      if (merged.length > 0) break;
      return isWhiteout(node) ? undefined : { path, node, directories: [] };
    }
    merged.push(node);
    if (isOpaque(node)) break;
  }
  return merged[0] && { path, node: merged[0], directories: merged };
}

function untilOpaque(directories: DirectoryNode[]): DirectoryNode[] {
  const last = directories.findIndex(isOpaque);
  return last < 0 ? directories : directories.slice(0, last + 1);
}

function isWhiteout(node: TreeNode): boolean {
  return node.type === "character" && node.major === 0 && node.minor === 0;
}

function isOpaque(directory: DirectoryNode): boolean {
  return directory.xattrs?.get("trusted.overlay.opaque")?.[0] === "y".charCodeAt(0);
}

function partsOf(path: string): string[] {
  return resolvePath("/", path)
    .split("/")
    .filter((part) => part !== "");
}

const EMPTY_ROOT: DirectoryNode = {
  type: "directory",
  mode: 0o755,
  uid: 0,
  gid: 0,
  mtime: EPOCH,
  children: new Map(),
};
