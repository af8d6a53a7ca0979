/**
 * Files with holes in a tar: GNU's formats, of which the oldest has a header of its own ("S") and the others are pax
 * records 0.0, 0.1 and 1.0 (GNU tar's manual, "Sparse Formats"). We write 1.0, which Go's and GNU's readers know.
 */
import { type Extent, type FileData, SparseBytes } from "../files/sparse-bytes.js";
import { BLOCK_BYTES, padded, TarError } from "./entry.js";

export interface SparseMap {
  /** With the holes. */
  size: number;
  extents: Extent[];
}

/** Format 0.1: `offset,length,…` in one record. 0.0 had one record for each number. */
export const SPARSE_MAP = "GNU.sparse.map";
export const SPARSE_MAP_PARTS = ["GNU.sparse.offset", "GNU.sparse.numbytes"];

/** Where in a block, and how many at most; the byte after them tells whether a block with more follows. */
export const OLD_SPARSE_IN_HEADER = [386, 4] as const;
export const OLD_SPARSE_IN_EXTENSION = [0, 21] as const;

/** Maps often end with an empty extent, which tells the size. */
export function extentsOf(numbers: readonly number[]): Extent[] {
  const extents: Extent[] = [];
  for (let i = 0; i + 1 < numbers.length; i += 2)
    if (numbers[i + 1]! > 0) extents.push({ offset: numbers[i]!, length: numbers[i + 1]! });
  return extents;
}

/** @throws {TarError} `malformed`. */
export function parseMapRecord(text: string, where: string): Extent[] {
  return extentsOf(text.split(",").map((digits) => parseNumber(digits, where)));
}

/**
 * The map at the beginning of a member's data, in decimal lines: how many extents, then offset and length of each.
 * @returns also where the data behind it begins. @throws {TarError} `malformed`.
 */
export function readDataMap(data: Uint8Array, where: string): { extents: Extent[]; end: number } {
  let at = 0;
  const next = () => {
    const end = data.indexOf(0x0a, at);
    const digits = String.fromCharCode(...data.subarray(at, end < 0 ? at : Math.min(end, at + 20)));
    at = end + 1;
    return parseNumber(digits, where);
  };
  const count = next();
  const numbers: number[] = [];
  for (let i = 0; i < count * 2; i++) numbers.push(next());
  return { extents: extentsOf(numbers), end: padded(at) };
}

/** @throws {TarError} `malformed` for a map that does not fit the file. */
export function sparseData({ size, extents }: SparseMap, data: Uint8Array, where: string): FileData {
  const [first] = extents;
  if (extents.length === 1 && first!.offset === 0 && first!.length === size && data.length === size) return data;
  try {
    return new SparseBytes(size, extents, data);
  } catch (error) {
    throw new TarError("malformed", `malformed sparse map of ${where}: ${(error as Error).message}`);
  }
}

/** The records of a sparse member, and what is stored: the map, then the data. */
export function sparseMember(path: string, file: SparseBytes) {
  const { size, extents, data } = inBlocks(file);
  const numbers = extents.flatMap(({ offset, length }) => [offset, length]);
  const last = extents.at(-1);
  // GNU tar makes the file as long as the last extent reaches.
  if (!last || last.offset + last.length < size) numbers.push(size, 0);
  const text = [numbers.length / 2, ...numbers].map((number) => `${number}\n`).join("");
  const map = new Uint8Array(padded(text.length));
  for (let i = 0; i < text.length; i++) map[i] = text.charCodeAt(i);
  const slash = path.lastIndexOf("/") + 1;
  return {
    stored: [map, data],
    /** What readers see that know nothing of holes. */
    path: `${path.slice(0, slash)}GNUSparseFile.0/${path.slice(slash)}`,
    records: [
      ["GNU.sparse.major", "1"],
      ["GNU.sparse.minor", "0"],
      ["GNU.sparse.name", path],
      ["GNU.sparse.realsize", String(size)],
    ] as const,
  };
}

/** GNU tar's reader starts each extent at a block of the tar, Go's directly after the one before. */
function inBlocks(file: SparseBytes): SparseBytes {
  if (file.extents.slice(0, -1).every(({ length }) => length % BLOCK_BYTES === 0)) return file;
  const extents: { offset: number; length: number }[] = [];
  for (const { offset, length } of file.extents) {
    const start = offset - (offset % BLOCK_BYTES);
    const end = Math.min(padded(offset + length), file.size);
    const last = extents.at(-1);
    if (last && last.offset + last.length >= start) last.length = end - last.offset;
    else extents.push({ offset: start, length: end - start });
  }
  return file.cut(extents);
}

function parseNumber(digits: string, where: string): number {
  const number = Number(digits);
  if (!/^\d{1,16}$/.test(digits) || !Number.isSafeInteger(number))
    throw new TarError("malformed", `malformed sparse map of ${where}`);
  return number;
}
