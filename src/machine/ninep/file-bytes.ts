import {
  type Extent,
  type FileData,
  HOLES_WORTH_BYTES,
  SparseBytes,
  sizeOf,
  wholeOf,
} from "../../shared/files/sparse-bytes.js";
import { FileError } from "./errors.js";

/** As far as the guest's own ext4 goes. */
const MAX_FILE_BYTES = 2 ** 44;
/** A file that is written to is held in parts of this size. */
const CHUNK_BYTES = 1 << 18;
const EMPTY = new Uint8Array(0);

/** To be called before a file is written to or resized. @throws {FileError} EFBIG */
export function checkFileSize(size: number): void {
  if (size > MAX_FILE_BYTES) throw new FileError("EFBIG", `${size} bytes`);
}

interface Chunk {
  /** As long as it was written to; the rest reads as zeros. */
  bytes: Uint8Array;
  /** Someone else may hold the bytes: they are copied before they are written to. */
  isShared: boolean;
}

/** A growing file's bytes. What was never written reads as zero and takes no memory. */
export class FileBytes {
  #size: number;
  #held: number;
  /** All of it, while it is not written to; chunks otherwise. */
  #kept: FileData | null;
  readonly #chunks = new Map<number, Chunk>();

  /** Takes `data` as they are. */
  constructor(data: FileData = EMPTY) {
    this.#kept = data;
    this.#size = sizeOf(data);
    this.#held = heldBytesOf(data);
  }

  get size(): number {
    return this.#size;
  }

  /** Memory that it took when it was last changed, in whole chunks where it has holes. */
  get heldBytes(): number {
    return this.#held;
  }

  /** What `heldBytes` will be by a write of so many bytes. */
  heldAfterWrite(offset: number, length: number): number {
    if (length === 0) return this.#held;
    const there = this.#kept ? new Set(indicesOf(this.#kept)) : this.#chunks;
    let chunks = there.size;
    for (let index = Math.floor(offset / CHUNK_BYTES); index * CHUNK_BYTES < offset + length; index++)
      if (!there.has(index)) chunks++;
    return Math.min(Math.max(this.#size, offset + length), chunks * CHUNK_BYTES);
  }

  /** What `heldBytes` will be at this size. */
  heldAfterResize(size: number): number {
    let chunks = 0;
    for (const index of this.#kept ? indicesOf(this.#kept) : this.#chunks.keys())
      if (index * CHUNK_BYTES < size) chunks++;
    return Math.min(size, chunks * CHUNK_BYTES);
  }

  /** A view where the bytes are at hand in one piece. */
  read(offset: number, length: number): Uint8Array {
    const end = Math.min(offset + length, this.#size);
    if (offset >= end) return EMPTY;
    if (this.#kept)
      return this.#kept instanceof SparseBytes ? this.#kept.read(offset, length) : this.#kept.subarray(offset, end);
    const first = Math.floor(offset / CHUNK_BYTES);
    const shift = first * CHUNK_BYTES;
    const chunk = this.#chunks.get(first);
    if (chunk && end - shift <= chunk.bytes.length) return chunk.bytes.subarray(offset - shift, end - shift);
    const bytes = new Uint8Array(end - offset);
    for (let index = first; index * CHUNK_BYTES < end; index++) this.#copyChunk(index, offset, bytes);
    return bytes;
  }

  write(offset: number, bytes: Uint8Array): void {
    const end = offset + bytes.length;
    if (bytes.length === 0) return;
    const held = this.heldAfterWrite(offset, bytes.length);
    this.#divide();
    for (let at = offset; at < end; ) {
      const index = Math.floor(at / CHUNK_BYTES);
      const start = at - index * CHUNK_BYTES;
      const count = Math.min(CHUNK_BYTES - start, end - at);
      this.#writable(index, start + count).set(bytes.subarray(at - offset, at - offset + count), start);
      at += count;
    }
    this.#size = Math.max(this.#size, end);
    this.#held = held;
  }

  resize(size: number): void {
    this.#held = this.heldAfterResize(size);
    if (size === 0) {
      this.#keep(EMPTY);
      return;
    }
    this.#divide();
    // Cut for good: a file that grows again must show zeros there.
    for (const [index, chunk] of this.#chunks) {
      const room = size - index * CHUNK_BYTES;
      if (room <= 0) this.#chunks.delete(index);
      else if (room < chunk.bytes.length)
        this.#chunks.set(index, { bytes: chunk.bytes.slice(0, room), isShared: false });
    }
    this.#size = size;
  }

  /** All of it, without holes that are worth it; not to be written to while the file lives. */
  data(): FileData {
    if (this.#kept) return this.#kept;
    const extents = this.#extents();
    const dataBytes = extents.reduce((sum, { length }) => sum + length, 0);
    if (this.#size - dataBytes <= HOLES_WORTH_BYTES) return this.#keep(this.read(0, this.#size));
    const data = new Uint8Array(dataBytes);
    let at = 0;
    for (const { offset, length } of extents) {
      data.set(this.read(offset, length), at);
      at += length;
    }
    return this.#keep(new SparseBytes(this.#size, extents, data));
  }

  /** Like `data`, with the holes. @throws {RangeError} for a file that memory cannot hold. */
  whole(): Uint8Array {
    return wholeOf(this.data());
  }

  #keep(data: FileData): FileData {
    this.#chunks.clear();
    this.#kept = data;
    this.#size = sizeOf(data);
    return data;
  }

  #divide(): void {
    const kept = this.#kept;
    if (!kept) return;
    for (const index of indicesOf(kept)) {
      const start = index * CHUNK_BYTES;
      const bytes =
        kept instanceof SparseBytes ? kept.read(start, CHUNK_BYTES) : kept.subarray(start, start + CHUNK_BYTES);
      this.#chunks.set(index, { bytes, isShared: true });
    }
    this.#kept = null;
  }

  #writable(index: number, end: number): Uint8Array {
    const there = this.#chunks.get(index);
    const length = there?.bytes.length ?? 0;
    if (there && !there.isShared && end <= length) return there.bytes;
    const capacity = end <= length ? length : Math.min(CHUNK_BYTES, Math.max(end, length * 2));
    try {
      const bytes = new Uint8Array(capacity);
      if (there) bytes.set(there.bytes);
      this.#chunks.set(index, { bytes, isShared: false });
      return bytes;
    } catch {
      throw new FileError("ENOSPC", `${end} bytes`);
    }
  }

  /** Puts what chunk `index` has of the range that begins at `offset` into `bytes`. */
  #copyChunk(index: number, offset: number, bytes: Uint8Array): void {
    const chunk = this.#chunks.get(index);
    if (!chunk) return;
    const start = index * CHUNK_BYTES;
    const from = Math.max(offset, start);
    const part = chunk.bytes.subarray(from - start, offset + bytes.length - start);
    bytes.set(part, from - offset);
  }

  /** Where chunks are, neighbours joined. */
  #extents(): Extent[] {
    const extents: { offset: number; length: number }[] = [];
    for (const index of [...this.#chunks.keys()].sort((a, b) => a - b)) {
      const offset = index * CHUNK_BYTES;
      const length = Math.min(CHUNK_BYTES, this.#size - offset);
      const last = extents.at(-1);
      if (last && last.offset + last.length === offset) last.length += length;
      else if (length > 0) extents.push({ offset, length });
    }
    return extents;
  }
}

/** Of the chunks that it is divided into, in ascending order. */
function* indicesOf(data: FileData): Generator<number> {
  let next = 0;
  for (const { offset, length } of data instanceof SparseBytes ? data.extents : [{ offset: 0, length: data.length }]) {
    next = Math.max(next, Math.floor(offset / CHUNK_BYTES));
    for (; next * CHUNK_BYTES < offset + length; next++) yield next;
  }
}

function heldBytesOf(data: FileData): number {
  return data instanceof SparseBytes ? data.data.length : data.length;
}
