/**
 * The layer between an image and a container's own changes: the mount points and placeholder files that the image
 * lacks, so that making a container leaves no trace in what it changed.
 *
 * Layers are named by their content: the guest may keep what it has seen of one cached for ever, and a layer shown
 * again under the same name is the same layer. Most images need the same one, or none.
 */
import { type DirectoryNode, fileNode, type TreeNode } from "../../machine/ninep/tree.js";
import { EPOCH, type FileAttributes } from "../../shared/files/file-attributes.js";
import { comparePaths } from "../../shared/text/path-bytes.js";
import { digestOf } from "../content/digest-of.js";
import type { Shelf } from "../layers/layer-store.js";
import { OWN_FILES } from "./default-spec.js";
import { type LayeredTree, resolvePath } from "./layered-tree.js";

const DIRECTORIES = ["/dev", "/etc", "/proc", "/sys"];

export interface InitLayers {
  /** Name of the layer to put on top of the image's, undefined when the image lacks nothing. */
  hold(
    tree: LayeredTree,
    workingDirectory: string,
    files: readonly string[],
    directories?: readonly string[],
  ): Promise<string | undefined>;
  release(name: string | undefined): void;
}

/** Unused layers kept on the shelf, because the next container will want the same. */
const KEPT = 8;

export function createInitLayers(shelf: Shelf): InitLayers {
  const users = new Map<string, number>();
  const release = (name: string) => {
    users.set(name, users.get(name)! - 1);
    const idle = [...users].filter(([, count]) => count === 0);
    for (const [old] of idle.slice(0, Math.max(0, idle.length - KEPT))) {
      users.delete(old);
      shelf.withdraw(old);
    }
  };
  return {
    async hold(tree, workingDirectory, files, directories = []) {
      const missing = missingIn(tree, [workingDirectory, ...directories], files);
      if (missing.length === 0) return undefined;
      const name = await nameOf(missing);
      if (!users.has(name)) shelf.publish(name, { root: treeOf(missing) });
      users.set(name, (users.get(name) ?? 0) + 1);
      return name;
    },
    release: (name) => name && release(name),
  };
}

/** A path to provide; directories that the image has keep its attributes, since the topmost layer's count. */
interface Provided extends FileAttributes {
  path: string;
  type: "file" | "directory";
}

function missingIn(tree: LayeredTree, directories: readonly string[], files: readonly string[]): Provided[] {
  const wanted = new Map<string, Provided>();
  const provide = (path: string, type: Provided["type"]) => {
    const found = tree.lookup(path, { follow: false });
    if (type === "directory" ? tree.lookup(path)?.node.type === "directory" : found?.node.type === "file") return;
    const real = realPath(tree, path);
    for (const parent of parentsOf(real)) wanted.set(parent, wanted.get(parent) ?? attributesOf(tree, parent));
    wanted.set(real, { path: real, type, mode: type === "directory" ? 0o755 : 0o644, uid: 0, gid: 0, mtime: EPOCH });
  };
  for (const directory of [...DIRECTORIES, ...directories]) provide(resolvePath("/", directory), "directory");
  for (const file of [...OWN_FILES, ...files]) provide(file, "file");
  return [...wanted.values()].sort((a, b) => comparePaths(a.path, b.path));
}

/** Where `path` would be made: the symlinks of its parents followed as far as they are there. */
function realPath(tree: LayeredTree, path: string): string {
  const slash = path.lastIndexOf("/");
  if (slash <= 0) return path;
  const parent = path.slice(0, slash);
  const directory = tree.lookup(parent)?.path ?? realPath(tree, parent);
  return `${directory === "/" ? "" : directory}${path.slice(slash)}`;
}

function attributesOf(tree: LayeredTree, path: string): Provided {
  const found = tree.lookup(path, { follow: false })?.node;
  const { mode, uid, gid, mtime } = found?.type === "directory" ? found : { mode: 0o755, uid: 0, gid: 0, mtime: EPOCH };
  return { path, type: "directory", mode, uid, gid, mtime };
}

/** `/a/b` → `/`, `/a`. */
function parentsOf(path: string): string[] {
  const parts = path.split("/").slice(1, -1);
  return ["/", ...parts.map((_, index) => `/${parts.slice(0, index + 1).join("/")}`)];
}

async function nameOf(provided: readonly Provided[]): Promise<string> {
  const digest = await digestOf(new TextEncoder().encode(JSON.stringify(provided)));
  return `init-${digest.slice("sha256:".length, "sha256:".length + 8)}`;
}

function treeOf(provided: readonly Provided[]): DirectoryNode {
  const directories = new Map<string, Map<string, TreeNode>>();
  let root: DirectoryNode | undefined;
  for (const { path, type, ...attributes } of provided) {
    const children = new Map<string, TreeNode>();
    const node = type === "directory" ? { ...attributes, type, children } : fileNode(new Uint8Array(), attributes);
    if (node.type === "directory") directories.set(path, children);
    if (path === "/") root = node as DirectoryNode;
    else directories.get(path.slice(0, path.lastIndexOf("/")) || "/")!.set(path.slice(path.lastIndexOf("/") + 1), node);
  }
  return root!;
}
