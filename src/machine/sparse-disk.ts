import { Emitter } from "../shared/disposable.js";
import type { Disk } from "./machine.js";
import type { V86Disk } from "./v86.js";

const BLOCK_BYTES = 65536;

/**
 * A disk for v86's IDE interface that holds only what was written: blocks of 64 KB, dropped again when they are all
 * zero. Its saved state is the blocks, one after the other.
 */
export class SparseDisk implements V86Disk, Disk {
  byteLength: number;
  onload?: (event: { buffer: V86Disk }) => void;
  readonly #written = new Emitter<void>();
  readonly #blocks = new Map<number, Uint8Array>();

  constructor(byteLength: number) {
    this.byteLength = byteLength;
  }

  /** After each write. */
  readonly onWrite = this.#written.event;

  /** Bytes of the page's memory that the contents take. */
  get heldBytes(): number {
    return this.#blocks.size * BLOCK_BYTES;
  }

  load(): void {
    this.onload?.({ buffer: this });
  }

  get(start: number, length: number, done: (bytes: Uint8Array) => void): void {
    done(this.get_from_cache(start, length));
  }

  get_and_cache(start: number, length: number, done: (bytes: Uint8Array) => void): void {
    this.get(start, length, done);
  }

  get_from_cache(start: number, length: number): Uint8Array {
    const offset = start % BLOCK_BYTES;
    if (offset + length <= BLOCK_BYTES) {
      const block = this.#blocks.get(Math.floor(start / BLOCK_BYTES));
      return block ? block.subarray(offset, offset + length) : new Uint8Array(length);
    }
    const bytes = new Uint8Array(length);
    this.#copy(start, bytes);
    return bytes;
  }

  read(offset: number, bytes: Uint8Array): void {
    if (!(offset >= 0 && offset + bytes.length <= this.byteLength))
      throw new RangeError(`${offset}+${bytes.length} of a disk of ${this.byteLength} bytes`);
    this.#copy(offset, bytes);
  }

  set(start: number, bytes: Uint8Array, done: () => void): void {
    for (let at = 0; at < bytes.length; ) {
      const offset = (start + at) % BLOCK_BYTES;
      const size = Math.min(BLOCK_BYTES - offset, bytes.length - at);
      this.#writeBlock(Math.floor((start + at) / BLOCK_BYTES), offset, bytes.subarray(at, at + size));
      at += size;
    }
    done();
    this.#written.fire();
  }

  /** What was there reads as zeros from now on, and takes no memory where whole blocks are empty. */
  discard(start: number, length: number): void {
    const end = Math.min(start + length, this.byteLength);
    const first = Math.floor(start / BLOCK_BYTES);
    const last = Math.ceil(end / BLOCK_BYTES) - 1;
    // A discard may cover the whole disk, of which little is held.
    const numbers = last - first < this.#blocks.size ? range(first, last) : [...this.#blocks.keys()];
    for (const number of numbers) {
      const from = Math.max(start - number * BLOCK_BYTES, 0);
      const to = Math.min(end - number * BLOCK_BYTES, BLOCK_BYTES);
      if (from < to) this.#clear(number, from, to);
    }
  }

  get_buffer(done: (buffer?: ArrayBuffer) => void): void {
    done();
  }

  get_state(): unknown[] {
    const numbers = [...this.#blocks.keys()].sort((a, b) => a - b);
    const contents = new Uint8Array(numbers.length * BLOCK_BYTES);
    for (const [index, number] of numbers.entries()) contents.set(this.#blocks.get(number)!, index * BLOCK_BYTES);
    return [this.byteLength, Uint32Array.from(numbers), contents];
  }

  set_state(state: unknown[]): void {
    const [byteLength, numbers, contents] = state as [number, Uint32Array, Uint8Array];
    this.byteLength = byteLength;
    this.#blocks.clear();
    for (const [index, number] of numbers.entries()) {
      // A copy, because a view would hold the whole saved state in memory.
      this.#blocks.set(number, contents.slice(index * BLOCK_BYTES, (index + 1) * BLOCK_BYTES));
    }
  }

  #copy(start: number, bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) {
      const from = (start + at) % BLOCK_BYTES;
      const size = Math.min(BLOCK_BYTES - from, bytes.length - at);
      const block = this.#blocks.get(Math.floor((start + at) / BLOCK_BYTES));
      if (block) bytes.set(block.subarray(from, from + size), at);
      else bytes.fill(0, at, at + size);
      at += size;
    }
  }

  #clear(number: number, from: number, to: number): void {
    const block = this.#blocks.get(number);
    if (!block) return;
    block.fill(0, from, to);
    if (isZero(block)) this.#blocks.delete(number);
  }

  #writeBlock(number: number, offset: number, bytes: Uint8Array): void {
    const block = this.#blocks.get(number);
    const zero = isZero(bytes);
    if (!block) {
      if (zero) return;
      const fresh = new Uint8Array(BLOCK_BYTES);
      fresh.set(bytes, offset);
      this.#blocks.set(number, fresh);
      return;
    }
    block.set(bytes, offset);
    if (zero && isZero(block)) this.#blocks.delete(number);
  }
}

function* range(first: number, last: number): Generator<number> {
  for (let number = first; number <= last; number++) yield number;
}

function isZero(bytes: Uint8Array): boolean {
  if ((bytes.byteOffset | bytes.length) % 4 === 0) {
    const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
    for (let i = 0; i < words.length; i++) if (words[i] !== 0) return false;
    return true;
  }
  for (let i = 0; i < bytes.length; i++) if (bytes[i] !== 0) return false;
  return true;
}
