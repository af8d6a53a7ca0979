/** Where a file has data. Between extents it reads as zeros. */
export interface Extent {
  readonly offset: number;
  readonly length: number;
}

/** A file's bytes: at hand as they are, or with the holes left out. */
export type FileData = Uint8Array | SparseBytes;

/** A file whose holes come to less is kept without any. */
export const HOLES_WORTH_BYTES = 1 << 20;
/** A hole shorter than this is not worth an extent. */
export const LEAST_HOLE_BYTES = 1 << 16;
/** What no file in memory can be longer than. */
const MAX_WHOLE_BYTES = 2 ** 32;

/** A file with holes, in the memory of its data. */
export class SparseBytes {
  readonly size: number;
  readonly extents: readonly Extent[];
  /** The extents' bytes, one after the other. */
  readonly data: Uint8Array;
  /** Where in `data` each extent begins. */
  readonly #starts: number[] = [];

  /** @throws {RangeError} unless the extents are in order, apart, within `size`, and as long as `data` together. */
  constructor(size: number, extents: readonly Extent[], data: Uint8Array) {
    checkExtents(size, extents);
    let start = 0;
    for (const { length } of extents) {
      this.#starts.push(start);
      start += length;
    }
    if (start !== data.length) throw new RangeError(`extents of ${start} bytes for ${data.length} bytes of data`);
    this.size = size;
    this.extents = extents;
    this.data = data;
  }

  /** At most `length` bytes, fewer at the end of the file. A view where an extent has them all. */
  read(offset: number, length: number): Uint8Array {
    const end = Math.min(offset + length, this.size);
    if (offset >= end) return new Uint8Array(0);
    let i = this.#firstEndingAfter(offset);
    const first = this.extents[i];
    if (first && first.offset <= offset && end <= first.offset + first.length) return this.#part(i, offset, end);
    const bytes = new Uint8Array(end - offset);
    for (; i < this.extents.length && this.extents[i]!.offset < end; i++) {
      const from = Math.max(offset, this.extents[i]!.offset);
      bytes.set(this.#part(i, from, Math.min(end, this.extents[i]!.offset + this.extents[i]!.length)), from - offset);
    }
    return bytes;
  }

  /** The same file with other extents, outside of which it must read as zeros. */
  cut(extents: readonly Extent[]): SparseBytes {
    const data = new Uint8Array(dataBytes(extents));
    let at = 0;
    for (const { offset, length } of extents) {
      data.set(this.read(offset, length), at);
      at += length;
    }
    return new SparseBytes(this.size, extents, data);
  }

  #part(i: number, from: number, to: number): Uint8Array {
    const shift = this.#starts[i]! - this.extents[i]!.offset;
    return this.data.subarray(from + shift, to + shift);
  }

  #firstEndingAfter(offset: number): number {
    let [low, high] = [0, this.extents.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const extent = this.extents[middle]!;
      if (extent.offset + extent.length > offset) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

/**
 * The extents that such a file is kept with: those that only short holes part are one, and where the holes come to
 * little there is one from the first byte to the last.
 * @throws {RangeError} unless the extents are in order, apart and within `size`.
 */
export function extentsWorthKeeping(size: number, extents: readonly Extent[]): Extent[] {
  checkExtents(size, extents);
  if (size - dataBytes(extents) <= HOLES_WORTH_BYTES) return size > 0 ? [{ offset: 0, length: size }] : [];
  const kept: { offset: number; length: number }[] = [];
  for (const { offset, length } of extents) {
    const last = kept.at(-1);
    if (last && offset - (last.offset + last.length) < LEAST_HOLE_BYTES) last.length = offset + length - last.offset;
    else kept.push({ offset, length });
  }
  return kept;
}

/** Bytes of the extents together. */
export function dataBytes(extents: readonly Extent[]): number {
  return extents.reduce((sum, { length }) => sum + length, 0);
}

function checkExtents(size: number, extents: readonly Extent[]): void {
  let end = 0;
  for (const { offset, length } of extents) {
    if (offset < end || length < 0 || !Number.isSafeInteger(offset + length) || offset + length > size)
      throw new RangeError(`extent ${offset}+${length} of a file of ${size} bytes`);
    end = offset + length;
  }
}

/** Bytes from the first to the last, holes too. */
export function sizeOf(data: FileData): number {
  return data instanceof SparseBytes ? data.size : data.length;
}

/** With the holes filled. @throws {RangeError} for a file that memory cannot hold. */
export function wholeOf(data: FileData): Uint8Array {
  if (!(data instanceof SparseBytes)) return data;
  if (data.size > MAX_WHOLE_BYTES) throw new RangeError(`a file of ${data.size} bytes is too large to be held whole`);
  return data.read(0, data.size);
}
