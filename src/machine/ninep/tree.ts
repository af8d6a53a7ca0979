/**
 * A read-only tree of files served over 9P: what an image layer is to the guest. Whiteouts are `character` nodes 0/0,
 * opaque directories carry the xattr `trusted.overlay.opaque` = `y`, as overlayfs reads them.
 */
export interface ReadOnlyTree {
  readonly root: DirectoryNode;
}

export interface NodeAttributes {
  /** Permission bits with setuid, setgid, sticky: 0o7777. */
  mode: number;
  uid: number;
  gid: number;
  /** Milliseconds since 1970. */
  mtimeMs: number;
  xattrs?: ReadonlyMap<string, Uint8Array>;
}

export interface DirectoryNode extends NodeAttributes {
  type: "directory";
  children: ReadonlyMap<string, TreeNode>;
}

export interface FileNode extends NodeAttributes {
  type: "file";
  size: number;
  contents: FileContents;
}

export interface SymlinkNode extends NodeAttributes {
  type: "symlink";
  target: string;
}

export interface DeviceNode extends NodeAttributes {
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
