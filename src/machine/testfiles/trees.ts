/** Layer trees for tests, written as nested calls. */
import type { DirectoryNode, FileContents, FileNode, TreeNode } from "../ninep/tree.js";

const PLAIN = { mode: 0o644, uid: 0, gid: 0, mtime: { seconds: 1_700_000_000, nanoseconds: 123_456_789 } };

export function file(contents: string | Uint8Array, mode = 0o644): FileNode {
  const bytes = typeof contents === "string" ? new TextEncoder().encode(contents) : contents;
  return fileOf(bytes.length, { read: (offset, length) => bytes.subarray(offset, offset + length) }, mode);
}

export function fileOf(size: number, contents: FileContents, mode = 0o644): FileNode {
  return { type: "file", ...PLAIN, mode, size, contents };
}

export function directory(children: Record<string, TreeNode>, xattrs?: Record<string, string>): DirectoryNode {
  const values = Object.entries(xattrs ?? {}).map(([name, value]) => [name, new TextEncoder().encode(value)] as const);
  return {
    type: "directory",
    ...PLAIN,
    mode: 0o755,
    children: new Map(Object.entries(children)),
    xattrs: xattrs && new Map(values),
  };
}

export function symlink(target: string): TreeNode {
  return { type: "symlink", ...PLAIN, mode: 0o777, target };
}

export function whiteout(): TreeNode {
  return { type: "character", ...PLAIN, mode: 0, major: 0, minor: 0 };
}
