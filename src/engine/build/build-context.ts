/** The build context: the tar that came with the request, as a tree that COPY and ADD read from. */
import { type DirectoryNode, fileNode, type TreeNode } from "../../machine/ninep/tree.js";
import { EPOCH } from "../../shared/files/file-attributes.js";
import { parseIgnoreFile } from "../../shared/patternmatcher/ignore-file.js";
import { PatternMatcher } from "../../shared/patternmatcher/matcher.js";
import type { TarEntry } from "../../shared/tar/entry.js";
import { readTar } from "../../shared/tar/read-tar.js";
import { decodePath } from "../../shared/text/path-bytes.js";
import { OUTSIDE_DOCKERFILE } from "../api/types.js";
import { LayeredTree } from "../containers/layered-tree.js";
import { BuildError } from "./build-error.js";

type Mutable = DirectoryNode & { children: Map<string, TreeNode> };

export interface BuildContext {
  /** Without what the ignore file leaves out. Everything belongs to root, as BuildKit has it. */
  readonly tree: LayeredTree;
  /** Whole: the Dockerfile may be ignored and still is read. */
  readonly all: LayeredTree;
  /** What the ignore file says, if there is one. */
  readonly ignored?: PatternMatcher;
}

/** @throws {BuildError} naming the entry that leads outside. */
export function readContext(tar: Uint8Array, dockerfile: string): BuildContext {
  const all = new LayeredTree([{ root: treeOf(readTar(tar)) }]);
  const ignored = ignoreMatcher(all, dockerfile);
  return { all, ignored, tree: new LayeredTree([{ root: visible(all, ignored) }]) };
}

function treeOf(entries: Iterable<TarEntry>): DirectoryNode {
  const root = emptyDirectory();
  for (const entry of entries) {
    const parts = partsOf(entry.path);
    const name = parts.pop();
    if (name === undefined) continue;
    const parent = makeDirectories(root, parts, entry.path);
    const before = parent.children.get(name);
    const node = nodeOf(entry, root);
    if (node?.type === "directory" && before?.type === "directory")
      Object.assign(before, { ...node, children: before.children });
    else if (node) parent.children.set(name, node);
  }
  return root;
}

function nodeOf(entry: TarEntry, root: Mutable): TreeNode | undefined {
  const { mode, mtime, xattrs } = entry;
  const attributes = { mode, uid: 0, gid: 0, mtime, ...(xattrs && { xattrs }) };
  switch (entry.type) {
    case "file":
      return fileNode(entry.contents ?? new Uint8Array(), attributes);
    case "directory":
      return { ...attributes, type: "directory", children: new Map() };
    case "symlink":
      return { ...attributes, type: "symlink", target: entry.linkname ?? "" };
    case "hardlink":
      return linked(root, entry);
    default:
      // Devices and pipes do not belong into a context; BuildKit leaves them out too.
      return undefined;
  }
}

function linked(root: Mutable, { path, linkname = "" }: TarEntry): TreeNode {
  let node: TreeNode | undefined = root;
  for (const part of partsOf(linkname)) node = node?.type === "directory" ? node.children.get(part) : undefined;
  if (node?.type !== "file")
    throw new BuildError(`invalid build context: ${path} links to ${linkname}, which is not there`);
  return node;
}

function makeDirectories(root: Mutable, parts: readonly string[], path: string): Mutable {
  let at = root;
  for (const part of parts) {
    let next = at.children.get(part);
    if (!next) {
      next = emptyDirectory();
      at.children.set(part, next);
    }
    if (next.type !== "directory")
      throw new BuildError(`invalid build context: a parent of ${path} is not a directory`);
    at = next as Mutable;
  }
  return at;
}

function partsOf(path: string): string[] {
  const parts = path.split("/").filter((part) => part !== "" && part !== ".");
  if (parts.includes("..")) throw new BuildError(`invalid build context: ${path} leads outside`);
  return parts;
}

const emptyDirectory = (): Mutable => ({
  type: "directory",
  mode: 0o755,
  uid: 0,
  gid: 0,
  mtime: EPOCH,
  children: new Map(),
});

/** `<Dockerfile>.dockerignore` before `.dockerignore`. */
function ignoreMatcher(all: LayeredTree, dockerfile: string): PatternMatcher | undefined {
  for (const path of [`${dockerfile}.dockerignore`, ".dockerignore"]) {
    const found = all.lookup(path)?.node;
    if (found?.type !== "file") continue;
    const bytes = found.contents.read(0, found.size) as Uint8Array;
    const patterns = parseIgnoreFile(decodePath(bytes));
    return patterns.length > 0 ? new PatternMatcher(patterns) : undefined;
  }
  return undefined;
}

/** What COPY sees. */
function visible(all: LayeredTree, ignored: PatternMatcher | undefined): DirectoryNode {
  const root = ignored ? without(all, ignored) : (all.root.node as DirectoryNode);
  if (!root.children.has(OUTSIDE_DOCKERFILE)) return root;
  const children = new Map(root.children);
  children.delete(OUTSIDE_DOCKERFILE);
  return { ...root, children };
}

function without(all: LayeredTree, matcher: PatternMatcher): DirectoryNode {
  const copy = (directory: DirectoryNode, path: string): DirectoryNode => {
    const children = new Map<string, TreeNode>();
    for (const [name, node] of directory.children) {
      const childPath = path ? `${path}/${name}` : name;
      const isIgnored = matcher.matches(childPath);
      if (node.type === "directory" && (!isIgnored || matcher.hasExceptions)) {
        const kept = copy(node, childPath);
        if (!isIgnored || kept.children.size > 0) children.set(name, kept);
      } else if (!isIgnored) children.set(name, node);
    }
    return { ...directory, children };
  };
  return copy(all.root.node as DirectoryNode, "");
}
