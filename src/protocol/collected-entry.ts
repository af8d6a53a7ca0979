/** What the agent lists of a tree: one line of JSON for each entry; the files' data follow each other in one file. */
import type { FileAttributes } from "../shared/files/file-attributes.js";
import { dataBytes, type Extent, type FileData, SparseBytes } from "../shared/files/sparse-bytes.js";
import type { TarEntryType } from "../shared/tar/entry.js";

/** Devices have `major` and `minor`; overlay's own xattrs are left out. */
export interface CollectedEntry extends FileAttributes {
  /** Relative to the collected root, without a leading slash; empty where the root is one file. */
  path: string;
  type: TarEntryType | "whiteout";
  /** Files: bytes, holes too. The data begin at `offset` of the contents, where they were asked for. */
  size?: number;
  offset?: number;
  /** Files with large holes, and those whose data are on the disk: where the data belong. */
  extents?: readonly Extent[];
  /** Files whose data are on the guest's disk and not among the contents: where on the disk each extent begins. */
  diskOffsets?: readonly number[];
  /** Symlinks: the target. Hard links: the path of an entry that came before. */
  linkname?: string;
  /** Directories of an overlay's upper: everything below in lower layers is hidden. */
  opaque?: boolean;
}

/** Values in base64, extents as pairs: short, and cheap to write for the guest. */
type Line = Omit<CollectedEntry, "xattrs" | "extents"> & {
  xattrs?: Record<string, string>;
  extents?: [offset: number, length: number][];
};

export function formatCollectedEntry(entry: CollectedEntry, base64Encode: (bytes: Uint8Array) => string): string {
  const { xattrs, extents } = entry;
  if (!xattrs && !extents) return JSON.stringify(entry);
  const line: Line = {
    ...entry,
    xattrs: xattrs && Object.fromEntries([...xattrs].map(([name, value]) => [name, base64Encode(value)])),
    extents: extents?.map(({ offset, length }) => [offset, length]),
  };
  return JSON.stringify(line);
}

export function parseCollectedEntry(text: string, base64Decode: (text: string) => Uint8Array): CollectedEntry {
  const { xattrs, extents, ...entry } = JSON.parse(text) as Line;
  return {
    ...entry,
    ...(xattrs && { xattrs: new Map(Object.entries(xattrs).map(([name, value]) => [name, base64Decode(value)])) }),
    ...(extents && { extents: extents.map(([offset, length]) => ({ offset, length })) }),
  };
}

/** A file's data among the collected `contents`, not copied. @throws {RangeError} naming a file whose data are not there. */
export function collectedData({ path, size = 0, offset = 0, extents }: CollectedEntry, contents: Uint8Array): FileData {
  const length = extents ? dataBytes(extents) : size;
  if (offset + length > contents.length)
    throw new RangeError(
      `contents of ${path} end at ${offset + length}, beyond the ${contents.length} collected bytes`,
    );
  const data = contents.subarray(offset, offset + length);
  return extents ? new SparseBytes(size, extents, data) : data;
}
