/** Nodes of trees as members of tars. */
import { dataOf, type TreeNode } from "../../machine/ninep/tree.js";
import type { TarEntry } from "../../shared/tar/entry.js";
import { OVERLAY_XATTR_PREFIX } from "./whiteouts.js";

/** A tree's node as a member of a tar, at `path`. */
export async function tarEntryOf(path: string, node: TreeNode): Promise<TarEntry> {
  const { mode, uid, gid, mtime } = node;
  const xattrs = ownXattrs(node);
  const attributes = { path, mode, uid, gid, mtime, ...(xattrs.size > 0 && { xattrs }) };
  switch (node.type) {
    case "file":
      return { ...attributes, type: "file", contents: await dataOf(node) };
    case "symlink":
      return { ...attributes, type: "symlink", linkname: node.target };
    case "directory":
      return { ...attributes, type: "directory" };
    default:
      return { ...attributes, type: node.type, major: node.major, minor: node.minor };
  }
}

/** Without overlayfs' own. */
export function ownXattrs({ xattrs }: TreeNode): Map<string, Uint8Array> {
  return new Map([...(xattrs ?? [])].filter(([name]) => !name.startsWith(OVERLAY_XATTR_PREFIX)));
}
