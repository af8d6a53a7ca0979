/**
 * The 9P2000.L messages' bytes: little-endian integers, strings and blobs behind a length. Reading checks every bound;
 * what does not fit is a FileError EPROTO.
 * Source: the kernel's include/net/9p/9p.h names, and the diod project's protocol description.
 */
import type { FileTime } from "../../shared/files/file-attributes.js";
import { decodePath, encodePath, pathLength } from "../../shared/text/path-bytes.js";
import { FileError } from "./errors.js";

/** Numbers of the requests; a reply has the request's number plus one. */
export const Message = {
  Tlerror: 6,
  Tstatfs: 8,
  Tlopen: 12,
  Tlcreate: 14,
  Tsymlink: 16,
  Tmknod: 18,
  Trename: 20,
  Treadlink: 22,
  Tgetattr: 24,
  Tsetattr: 26,
  Txattrwalk: 30,
  Txattrcreate: 32,
  Treaddir: 40,
  Tfsync: 50,
  Tlock: 52,
  Tgetlock: 54,
  Tlink: 70,
  Tmkdir: 72,
  Trenameat: 74,
  Tunlinkat: 76,
  Tversion: 100,
  Tauth: 102,
  Tattach: 104,
  Tflush: 108,
  Twalk: 110,
  Tread: 116,
  Twrite: 118,
  Tclunk: 120,
  Tremove: 122,
} as const;

export const Rlerror = 7;
export const NOFID = 0xffffffff;
export const NOTAG = 0xffff;
/** size[4] type[1] tag[2] */
export const MESSAGE_HEADER_BYTES = 7;
const MAX_NAME_BYTES = 255;
const MAX_ID_BYTES = 16;

export interface Qid {
  type: number;
  /** Unique among all files that were ever seen; version is always 0, because the guest caches by it. */
  path: number;
}

export class MessageReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at: number;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#at = at;
  }

  u8(): number {
    return this.#view.getUint8(this.#take(1));
  }

  u16(): number {
    return this.#view.getUint16(this.#take(2), true);
  }

  u32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  /** @throws {FileError} EFBIG beyond 2^53. */
  u64(): number {
    const at = this.#take(8);
    const value = this.#view.getUint32(at, true) + this.#view.getUint32(at + 4, true) * 2 ** 32;
    if (!Number.isSafeInteger(value)) throw new FileError("EFBIG", `number ${value}`);
    return value;
  }

  skip(bytes: number): void {
    this.#take(bytes);
  }

  /** A view, not a copy. */
  blob(length: number): Uint8Array {
    const at = this.#take(length);
    return this.#bytes.subarray(at, at + length);
  }

  /** Seconds, which are negative before 1970, and nanoseconds. */
  time(): FileTime {
    const at = this.#take(16);
    const seconds = this.#view.getUint32(at, true) + this.#view.getInt32(at + 4, true) * 2 ** 32;
    return { seconds, nanoseconds: this.#view.getUint32(at + 8, true) };
  }

  /** Names and link targets, whatever their bytes. */
  string(): string {
    return decodePath(this.blob(this.u16()));
  }

  /** One component of a path. */
  name(): string {
    const name = this.string();
    if (name === "" || name === "." || name.includes("/") || name.includes("\0"))
      throw new FileError("EINVAL", `name ${JSON.stringify(name)}`);
    if (pathLength(name) > MAX_NAME_BYTES) throw new FileError("ENAMETOOLONG", name);
    return name;
  }

  /** A name to be made. */
  newName(): string {
    const name = this.name();
    if (name === "..") throw new FileError("EEXIST", name);
    return name;
  }

  names(): string[] {
    const count = this.u16();
    if (count > MAX_ID_BYTES) throw new FileError("EPROTO", `walk of ${count} names`);
    return Array.from({ length: count }, () => this.name());
  }

  #take(length: number): number {
    const at = this.#at;
    if (at + length > this.#bytes.length) throw new FileError("EPROTO", `message cut at byte ${this.#bytes.length}`);
    this.#at = at + length;
    return at;
  }
}

export class MessageWriter {
  #bytes: Uint8Array;
  #view: DataView;
  #length = MESSAGE_HEADER_BYTES;

  constructor(capacity = 256) {
    this.#bytes = new Uint8Array(MESSAGE_HEADER_BYTES + capacity);
    this.#view = new DataView(this.#bytes.buffer);
  }

  /** Of the whole message so far. */
  get length(): number {
    return this.#length;
  }

  u8(value: number): this {
    const at = this.#grow(1);
    this.#view.setUint8(at, value);
    return this;
  }

  u16(value: number): this {
    const at = this.#grow(2);
    this.#view.setUint16(at, value, true);
    return this;
  }

  u32(value: number): this {
    const at = this.#grow(4);
    this.#view.setUint32(at, value, true);
    return this;
  }

  /** Negative numbers as two's complement. */
  u64(value: number): this {
    const at = this.#grow(8);
    this.#view.setUint32(at, value % 2 ** 32, true);
    this.#view.setUint32(at + 4, Math.floor(value / 2 ** 32), true);
    return this;
  }

  qid(qid: Qid): this {
    return this.u8(qid.type).u32(0).u64(qid.path);
  }

  string(text: string): this {
    const bytes = encodePath(text);
    return this.u16(bytes.length).raw(bytes);
  }

  time({ seconds, nanoseconds }: FileTime): this {
    return this.u64(seconds).u64(nanoseconds);
  }

  blob(bytes: Uint8Array): this {
    return this.u32(bytes.length).raw(bytes);
  }

  raw(bytes: Uint8Array): this {
    const at = this.#grow(bytes.length);
    this.#bytes.set(bytes, at);
    return this;
  }

  /** Drops what was written after the first `length` bytes. */
  cut(length: number): this {
    this.#length = length;
    return this;
  }

  /** Fills in a number written before. */
  putU32(at: number, value: number): this {
    this.#view.setUint32(at, value, true);
    return this;
  }

  /** The finished message. */
  finish(type: number, tag: number): Uint8Array {
    this.#view.setUint32(0, this.#length, true);
    this.#view.setUint8(4, type);
    this.#view.setUint16(5, tag, true);
    return this.#bytes.subarray(0, this.#length);
  }

  #grow(by: number): number {
    const at = this.#length;
    this.#length = at + by;
    if (this.#length > this.#bytes.length) {
      const bytes = new Uint8Array(Math.max(this.#length, this.#bytes.length * 2));
      bytes.set(this.#bytes);
      this.#bytes = bytes;
      this.#view = new DataView(bytes.buffer);
    }
    return at;
  }
}
