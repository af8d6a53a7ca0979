import type { FileNode, NodeAttributes } from "../../machine/ninep/tree.js";

export function fileOf(bytes: Uint8Array, attributes: NodeAttributes): FileNode {
  const contents = { read: (offset: number, length: number) => bytes.subarray(offset, offset + length) };
  return { ...attributes, type: "file", size: bytes.length, contents };
}
