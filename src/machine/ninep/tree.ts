import type { FileAttributes } from "../../shared/files/file-attributes.js";
import { type FileData, SparseBytes, sizeOf } from "../../shared/files/sparse-bytes.js";

/**
 * A read-only tree of files served over 9P: what an image layer is to the guest. Whiteouts are `character` nodes 0/0,
 * opaque directories carry the xattr `trusted.overlay.opaque` = `y`, as overlayfs reads them.
 */
export interface ReadOnlyTree {
  readonly root: DirectoryNode;
}

export interface DirectoryNode extends FileAttributes {
  type: "directory";
  children: ReadonlyMap<string, TreeNode>;
}

export interface FileNode extends FileAttributes {
  type: "file";
  size: number;
  contents: FileContents;
}

export interface SymlinkNode extends FileAttributes {
  type: "symlink";
  target: string;
}

export interface DeviceNode extends FileAttributes {
  type: "character" | "block" | "fifo";
  major: number;
  minor: number;
}

/** Hard links are one node at several names. */
export type TreeNode = DirectoryNode | FileNode | SymlinkNode | DeviceNode;

/** Bytes, at hand or to be fetched. A rejected promise is EIO in the guest and a `9p` message on the page. */
export interface FileContents {
  read(offset: number, length: number): Uint8Array | Promise<Uint8Array>;
}

/** A file whose bytes are at hand; they are not copied. */
export function fileNode(data: FileData, attributes: FileAttributes): FileNode {
  return {
    ...attributes,
    type: "file",
    size: sizeOf(data),
    contents: data instanceof SparseBytes ? data : new Bytes(data),
  };
}

class Bytes implements FileContents {
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  read(offset: number, length: number): Uint8Array {
    return this.#bytes.subarray(offset, offset + length);
  }
}

/** All of a file, without the holes where it is known to have some. */
export async function dataOf({ size, contents }: FileNode): Promise<FileData> {
  return contents instanceof SparseBytes ? contents : contents.read(0, size);
}
