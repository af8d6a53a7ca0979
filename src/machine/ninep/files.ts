import type { FileTime } from "../../shared/files/file-attributes.js";
import { FileError } from "./errors.js";
import type { Limits } from "./quota.js";

/** File types in a mode, as stat(2) has them. */
export const FileType = {
  fifo: 0o010000,
  character: 0o020000,
  directory: 0o040000,
  block: 0o060000,
  file: 0o100000,
  symlink: 0o120000,
} as const;

export const TYPE_MASK = 0o170000;

export interface Attributes {
  /** Type and permission bits. */
  mode: number;
  uid: number;
  gid: number;
  nlink: number;
  major: number;
  minor: number;
  size: number;
  /** Bytes that take room: without a file's holes. */
  heldBytes: number;
  mtime: FileTime;
  atime: FileTime;
  ctime: FileTime;
  /** Unique among all files ever served. */
  qidPath: number;
}

/** Which attributes are to change. */
export interface AttributeChange {
  mode?: number;
  uid?: number;
  gid?: number;
  size?: number;
  atime?: FileTime;
  mtime?: FileTime;
}

export interface Owner {
  uid: number;
  gid: number;
}

/** What a new node is besides its mode and owner. */
export type NewNode =
  | { type: "file" | "directory" | "fifo" }
  | { type: "symlink"; target: string }
  | { type: "character" | "block"; major: number; minor: number };

/**
 * Where a file is seen: a node of some Files, by the names that lead to it. `parent` is null at the root of all.
 * The node is null once its Files are gone.
 */
export interface Place {
  readonly files: Files;
  node: object | null;
  readonly name: string;
  readonly parent: Place | null;
}

/**
 * A tree of files below one mount. Nodes are objects that only their Files look into; places and fids carry them.
 * Each method may throw a FileError; those that write do so by default.
 */
export abstract class Files {
  /** Taken away: its nodes are no longer to be used. */
  gone = false;

  abstract readonly root: object;
  abstract attributes(node: object): Attributes;
  abstract lookup(place: Place, name: string): Place | undefined;
  /** Without `.` and `..`. */
  abstract list(place: Place): Place[];

  /** At most `length` bytes, fewer at the end of the file. May be a view. */
  read(_node: object, _offset: number, _length: number): Uint8Array | Promise<Uint8Array> {
    throw new FileError("EISDIR", "read");
  }

  readlink(_node: object): string {
    throw new FileError("EINVAL", "readlink");
  }

  xattrs(_node: object): ReadonlyMap<string, Uint8Array> {
    return new Map();
  }

  /** What is taken and what may be, for statfs; null where there is no limit to speak of. */
  space(): { limits: Limits; used: Limits } | null {
    return null;
  }

  /** The guest opened a file. */
  opened(_place: Place): void {}

  /** Refuses where nothing may be written. */
  checkWritable(place: Place): void {
    throw readOnly(place);
  }

  write(place: Place, _offset: number, _bytes: Uint8Array): void {
    throw readOnly(place);
  }

  change(place: Place, _change: AttributeChange): void {
    throw readOnly(place);
  }

  setXattr(place: Place, _name: string, _value: Uint8Array | null): void {
    throw readOnly(place);
  }

  create(directory: Place, _name: string, _new: NewNode, _mode: number, _owner: Owner): Place {
    throw readOnly(directory);
  }

  link(directory: Place, _name: string, _target: Place): void {
    throw readOnly(directory);
  }

  unlink(directory: Place, _name: string, _isDirectory: boolean): void {
    throw readOnly(directory);
  }

  rename(from: Place, _name: string, _to: Place, _newName: string): void {
    throw readOnly(from);
  }
}

export function pathOf(place: Place): string {
  return place.parent ? `${pathOf(place.parent)}/${place.name}`.replace(/^\//, "") : "";
}

function readOnly(place: Place): FileError {
  return new FileError("EROFS", pathOf(place) || "/");
}

let lastQidPath = 0;

/** A number that no file had before. Small, because the guest's 32-bit inode numbers come of it. */
export function nextQidPath(): number {
  return ++lastQidPath;
}
