import { FileError } from "./errors.js";

/** What one file in the page's memory may hold. */
const MAX_FILE_BYTES = 2 ** 31;
/** Most that a growing file reserves beyond its end. */
const MAX_SPARE_BYTES = 64 << 20;
const EMPTY = new Uint8Array(0);

/** To be called before a file is written to or resized. @throws {FileError} EFBIG */
export function checkFileSize(size: number): void {
  if (size > MAX_FILE_BYTES) throw new FileError("EFBIG", `${size} bytes`);
}

/** A growing file's bytes. What was never written reads as zero and takes no memory at the end. */
export class FileBytes {
  #bytes: Uint8Array;
  #size: number;
  /** Someone else may hold the bytes: they are copied before they are written to. */
  #shared = true;

  /** Takes `bytes` as they are. */
  constructor(bytes: Uint8Array = EMPTY) {
    this.#bytes = bytes;
    this.#size = bytes.length;
  }

  get size(): number {
    return this.#size;
  }

  /** A view where the bytes are at hand. */
  read(offset: number, length: number): Uint8Array {
    const end = Math.min(offset + length, this.#size);
    if (offset >= end) return EMPTY;
    if (end <= this.#bytes.length) return this.#bytes.subarray(offset, end);
    const bytes = new Uint8Array(end - offset);
    if (offset < this.#bytes.length) bytes.set(this.#bytes.subarray(offset));
    return bytes;
  }

  write(offset: number, bytes: Uint8Array): void {
    const end = offset + bytes.length;
    this.#reserve(end);
    this.#bytes.set(bytes, offset);
    this.#size = Math.max(this.#size, end);
  }

  resize(size: number): void {
    // Cut for good: a file that grows again must show zeros there.
    if (size < this.#bytes.length) {
      this.#bytes = this.#bytes.slice(0, size);
      this.#shared = false;
    }
    this.#size = size;
  }

  /** All of it; not to be written to while the file lives. */
  whole(): Uint8Array {
    if (this.#bytes.length !== this.#size) {
      const bytes = new Uint8Array(this.#size);
      bytes.set(this.#bytes.subarray(0, this.#size));
      this.#bytes = bytes;
    }
    this.#shared = true;
    return this.#bytes;
  }

  #reserve(end: number): void {
    if (end <= this.#bytes.length && !this.#shared) return;
    const grown = Math.min(this.#bytes.length * 2, this.#bytes.length + MAX_SPARE_BYTES);
    const capacity = end <= this.#bytes.length ? this.#bytes.length : Math.max(end, grown);
    try {
      const bytes = new Uint8Array(capacity);
      bytes.set(this.#bytes);
      this.#bytes = bytes;
    } catch {
      throw new FileError("ENOSPC", `${end} bytes`);
    }
    this.#shared = false;
  }
}
