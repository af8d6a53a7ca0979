import { Gunzip } from "fflate";
import { ContentError } from "./store.js";

/** Deflate cannot do better than 1032 to 1. */
const MAX_RATIO = 1032;

/** What Chromium, Firefox and Safari say of a second member. */
const AFTER_FIRST_MEMBER = /after (the )?end|past the end/i;

/** Whether `bytes` begin like a gzip file (RFC 1952, 2.3.1). */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/**
 * The contents of a gzip file, through the platform's own decompressor; where that stops after the first member,
 * as in some browsers, members are read one by one.
 * @throws {ContentError} `too-large` beyond `maxBytes`, `malformed` for damage.
 */
export async function gunzip(bytes: Uint8Array, maxBytes: number): Promise<Uint8Array> {
  try {
    return await gunzipNatively(bytes, maxBytes);
  } catch (error) {
    if (error instanceof ContentError) throw error;
    if (!AFTER_FIRST_MEMBER.test((error as Error).message)) throw malformed(error);
    return gunzipMembers(bytes, maxBytes);
  }
}

async function gunzipNatively(bytes: Uint8Array, maxBytes: number): Promise<Uint8Array> {
  const output = new Collector(bytes, maxBytes);
  const stream = new DecompressionStream("gzip");
  const writer = stream.writable.getWriter();
  // Failures of the writing side come out of the reading side as well.
  writer.write(bytes as Uint8Array<ArrayBuffer>).catch(() => {});
  writer.close().catch(() => {});
  const reader = stream.readable.getReader();
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) output.add(part.value);
  } catch (error) {
    await reader.cancel().catch(() => {});
    throw error;
  }
  return output.bytes();
}

function gunzipMembers(bytes: Uint8Array, maxBytes: number): Uint8Array {
  const output = new Collector(bytes, maxBytes);
  try {
    new Gunzip((part) => output.add(part)).push(bytes, true);
  } catch (error) {
    throw error instanceof ContentError ? error : malformed(error);
  }
  return output.bytes();
}

function malformed(error: unknown): ContentError {
  return new ContentError("malformed", `gzip: ${(error as Error).message}`);
}

/** Gathers output in one buffer of the size that the file's trailer tells, as far as that can be true. */
class Collector {
  length = 0;
  #buffer: Uint8Array;
  readonly #maxBytes: number;

  constructor(source: Uint8Array, maxBytes: number) {
    const trailer = new DataView(source.buffer, source.byteOffset, source.byteLength);
    const told = source.length >= 18 ? trailer.getUint32(source.length - 4, true) : 0;
    this.#buffer = new Uint8Array(Math.min(told, maxBytes, source.length * MAX_RATIO));
    this.#maxBytes = maxBytes;
  }

  add(part: Uint8Array): void {
    const length = this.length + part.length;
    if (length > this.#maxBytes)
      throw new ContentError("too-large", `gzip: contents exceed the limit of ${this.#maxBytes} bytes`);
    if (length > this.#buffer.length) this.#grow(length);
    this.#buffer.set(part, this.length);
    this.length = length;
  }

  bytes(): Uint8Array {
    return this.length === this.#buffer.length ? this.#buffer : this.#buffer.subarray(0, this.length);
  }

  #grow(atLeast: number): void {
    const larger = new Uint8Array(Math.min(Math.max(atLeast, this.#buffer.length * 2), this.#maxBytes));
    larger.set(this.#buffer.subarray(0, this.length));
    this.#buffer = larger;
  }
}
