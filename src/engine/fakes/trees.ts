/** Trees written as literals: `directory({ etc: directory({ passwd: file("root:…") }) })`. */
import type { DeviceNode, DirectoryNode, FileNode, SymlinkNode, TreeNode } from "../../machine/ninep/tree.js";

const attributes = { mode: 0o644, uid: 0, gid: 0, mtime: { seconds: 1, nanoseconds: 0 } };

export function directory(children: Record<string, TreeNode>, changes: Partial<DirectoryNode> = {}): DirectoryNode {
  return { ...attributes, type: "directory", mode: 0o755, children: new Map(Object.entries(children)), ...changes };
}

export function file(text: string, changes: Partial<FileNode> = {}): FileNode {
  const bytes = new TextEncoder().encode(text);
  const contents = { read: (offset: number, length: number) => bytes.subarray(offset, offset + length) };
  return { ...attributes, type: "file", size: bytes.length, contents, ...changes };
}

export const symlink = (target: string): SymlinkNode => ({ ...attributes, type: "symlink", mode: 0o777, target });

export const whiteout = (): DeviceNode => ({ ...attributes, type: "character", mode: 0, major: 0, minor: 0 });

export const opaque = (children: Record<string, TreeNode>): DirectoryNode =>
  directory(children, { xattrs: new Map([["trusted.overlay.opaque", new Uint8Array([0x79])]]) });
