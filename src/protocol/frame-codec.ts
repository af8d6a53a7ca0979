import { FrameKind, HEADER_BYTES, MAX_DATA_BYTES, MAX_PAYLOAD_BYTES } from "./frames.js";
import { ProtocolError } from "./peer.js";

const LENGTH_BYTES = 4;
const AFTER_LENGTH_BYTES = HEADER_BYTES - LENGTH_BYTES;
const EMPTY = new Uint8Array(0);
const LAST_KIND = Math.max(...Object.values(FrameKind));

/** Header and payload in one buffer, so that a frame is one write. */
export function encodeFrame(kind: FrameKind, id: number, payload: Uint8Array): Uint8Array {
  const frame = new Uint8Array(HEADER_BYTES + payload.length);
  putU32(frame, 0, AFTER_LENGTH_BYTES + payload.length);
  frame[4] = kind;
  putU32(frame, 5, id);
  frame.set(payload, HEADER_BYTES);
  return frame;
}

export function encodeU32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  putU32(bytes, 0, value);
  return bytes;
}

export function getU32(bytes: Uint8Array, offset: number): number {
  return (bytes[offset]! | (bytes[offset + 1]! << 8) | (bytes[offset + 2]! << 16) | (bytes[offset + 3]! << 24)) >>> 0;
}

function putU32(bytes: Uint8Array, offset: number, value: number): void {
  bytes[offset] = value;
  bytes[offset + 1] = value >>> 8;
  bytes[offset + 2] = value >>> 16;
  bytes[offset + 3] = value >>> 24;
}

/**
 * Cuts a byte stream into frames, whatever its chunks. A payload that lies within one chunk is handed on as a view of
 * it; one that is spread over several is gathered in a buffer of its own size, so no byte is copied twice.
 */
export class FrameDecoder {
  readonly #onFrame: (kind: FrameKind, id: number, payload: Uint8Array) => void;
  readonly #header = new Uint8Array(HEADER_BYTES);
  #headerFilled = 0;
  #payload: Uint8Array | null = null;
  #payloadFilled = 0;

  constructor(onFrame: (kind: FrameKind, id: number, payload: Uint8Array) => void) {
    this.#onFrame = onFrame;
  }

  /** @throws {ProtocolError} at a malformed frame; what follows it cannot be read. */
  push(chunk: Uint8Array): void {
    let at = 0;
    while (at < chunk.length) at = this.#payload ? this.#fillPayload(chunk, at) : this.#readFrame(chunk, at);
  }

  /** Reads from the start of a frame, or goes on with a header that was cut. */
  #readFrame(chunk: Uint8Array, at: number): number {
    let header = chunk;
    let headerAt = at;
    if (this.#headerFilled > 0 || chunk.length - at < HEADER_BYTES) {
      const taken = Math.min(HEADER_BYTES - this.#headerFilled, chunk.length - at);
      this.#header.set(chunk.subarray(at, at + taken), this.#headerFilled);
      this.#headerFilled += taken;
      at += taken;
      if (this.#headerFilled < HEADER_BYTES) return at;
      header = this.#header;
      headerAt = 0;
      this.#headerFilled = 0;
    } else at += HEADER_BYTES;

    const size = checkHeader(header, headerAt);
    if (chunk.length - at >= size) {
      const payload = size === 0 ? EMPTY : chunk.subarray(at, at + size);
      this.#onFrame(header[headerAt + 4] as FrameKind, getU32(header, headerAt + 5), payload);
      return at + size;
    }
    if (header !== this.#header) this.#header.set(header.subarray(headerAt, headerAt + HEADER_BYTES));
    this.#payload = new Uint8Array(size);
    this.#payloadFilled = 0;
    return at;
  }

  #fillPayload(chunk: Uint8Array, at: number): number {
    const payload = this.#payload!;
    const taken = Math.min(payload.length - this.#payloadFilled, chunk.length - at);
    payload.set(at === 0 && taken === chunk.length ? chunk : chunk.subarray(at, at + taken), this.#payloadFilled);
    this.#payloadFilled += taken;
    if (this.#payloadFilled === payload.length) {
      this.#payload = null;
      this.#onFrame(this.#header[4] as FrameKind, getU32(this.#header, 5), payload);
    }
    return at + taken;
  }
}

/** Returns the payload's size. */
function checkHeader(bytes: Uint8Array, at: number): number {
  const size = getU32(bytes, at) - AFTER_LENGTH_BYTES;
  const kind = bytes[at + 4]!;
  if (size < 0) throw new ProtocolError(`frame of ${size + AFTER_LENGTH_BYTES} bytes is shorter than its header`);
  if (kind < 1 || kind > LAST_KIND) throw new ProtocolError(`unknown frame kind ${kind}`);
  const most = kind === FrameKind.data ? MAX_DATA_BYTES : MAX_PAYLOAD_BYTES;
  if (size > most) throw new ProtocolError(`frame of kind ${kind} has ${size} bytes of payload, more than ${most}`);
  if (kind === FrameKind.credit && size !== 4) throw new ProtocolError(`credit frame with ${size} bytes`);
  if (kind === FrameKind.end && size !== 0) throw new ProtocolError(`end frame with ${size} bytes`);
  return size;
}
