import type { FileAttributes } from "../files/file-attributes.js";
import type { FileData } from "../files/sparse-bytes.js";

/** One member of a tar, as POSIX.1-2001 pax archives describe it. Names are decoded as text/path-bytes.ts has it. */
export interface TarEntry extends FileAttributes {
  /** `/`-separated, without the slash that tars put after directories' names. */
  path: string;
  type: TarEntryType;
  /** Regular files; absent means empty. Written sparse when it has holes. */
  contents?: FileData;
  /** Symlinks: the target. Hard links: the path of another member. */
  linkname?: string;
}

export type TarEntryType = "file" | "directory" | "symlink" | "hardlink" | "character" | "block" | "fifo";

export type TarErrorCode = "checksum" | "truncated" | "malformed" | "unsupported" | "limit";

/** A tar that cannot be read or written; the message names the member where there is one. */
export class TarError extends Error {
  override name = "TarError";
  constructor(
    readonly code: TarErrorCode,
    message: string,
  ) {
    super(message);
  }
}

export const BLOCK_BYTES = 512;

/** Size with the padding to whole blocks. */
export function padded(size: number): number {
  return Math.ceil(size / BLOCK_BYTES) * BLOCK_BYTES;
}

/** Offsets and lengths of the ustar header's fields. */
export const Field = {
  name: [0, 100],
  mode: [100, 8],
  uid: [108, 8],
  gid: [116, 8],
  size: [124, 12],
  mtime: [136, 12],
  checksum: [148, 8],
  type: [156, 1],
  linkname: [157, 100],
  magic: [257, 8],
  major: [329, 8],
  minor: [337, 8],
  prefix: [345, 155],
  /** Old GNU sparse files. */
  realSize: [483, 12],
} as const;

export const XATTR_PREFIX = "SCHILY.xattr.";
