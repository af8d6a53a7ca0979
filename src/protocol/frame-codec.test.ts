import { expect, test } from "vitest";
import { encodeFrame, FrameDecoder } from "./frame-codec.js";
import { type Frame, FrameKind, MAX_DATA_BYTES, MAX_PAYLOAD_BYTES } from "./frames.js";

function decode(bytes: Uint8Array, chunk: (at: number) => number): Frame[] {
  const frames: Frame[] = [];
  const decoder = new FrameDecoder((kind, id, payload) => frames.push({ kind, id, payload: payload.slice() }));
  for (let at = 0; at < bytes.length; ) {
    const size = chunk(at);
    decoder.push(bytes.slice(at, at + size));
    at += size;
  }
  return frames;
}

/** Compared as bytes: structural equality of a megabyte takes seconds. */
function wireOf(frames: Frame[]): Uint8Array {
  return join(frames.map(({ kind, id, payload }) => encodeFrame(kind, id, payload)));
}

const same = (a: Uint8Array, b: Uint8Array) => Buffer.compare(a, b) === 0;

function join(parts: Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

const frames: Frame[] = [
  { kind: FrameKind.hello, id: 0, payload: new Uint8Array([1, 2, 3]) },
  { kind: FrameKind.end, id: 0xffffffff, payload: new Uint8Array(0) },
  { kind: FrameKind.data, id: 7, payload: new Uint8Array(MAX_DATA_BYTES).map((_, i) => i * 7) },
  { kind: FrameKind.reply, id: 8, payload: new Uint8Array(MAX_PAYLOAD_BYTES).fill(9) },
  { kind: FrameKind.credit, id: 9, payload: new Uint8Array(4) },
];
const wire = wireOf(frames);

test.each([1, 2, 3, 8, 9, 10, 13, 4096, 1 << 22])("chunks of %i bytes give the same frames", (size) => {
  const seen = decode(wire, () => size);
  expect(seen.map(({ kind, id }) => [kind, id])).toEqual(frames.map(({ kind, id }) => [kind, id]));
  expect(same(wireOf(seen), wire)).toBe(true);
});

test("random chunks give the same frames", () => {
  for (let round = 0; round < 20; round++)
    expect(same(wireOf(decode(wire, () => 1 + Math.floor(Math.random() ** 4 * 30_000))), wire)).toBe(true);
});

test("a payload within one chunk is not copied", () => {
  const seen: Uint8Array[] = [];
  const chunk = encodeFrame(FrameKind.data, 1, new Uint8Array(100));
  new FrameDecoder((_kind, _id, payload) => seen.push(payload)).push(chunk);
  expect(seen[0]!.buffer).toBe(chunk.buffer);
});

const header = (length: number, kind: number) =>
  new Uint8Array([length, length >>> 8, length >>> 16, length >>> 24, kind, 1, 0, 0, 0]);

test.each([
  ["shorter than its header", header(4, FrameKind.data), "shorter than its header"],
  ["of length nought", header(0, FrameKind.data), "shorter than its header"],
  ["too long", header(5 + MAX_PAYLOAD_BYTES + 1, FrameKind.reply), "more than"],
  ["of 4 GB", header(0xffffffff, FrameKind.reply), "more than"],
  ["with too much data", header(5 + MAX_DATA_BYTES + 1, FrameKind.data), "more than"],
  ["of kind 0", header(5, 0), "unknown frame kind 0"],
  ["of kind 11", header(5, 11), "unknown frame kind 11"],
  ["credit of 3 bytes", header(8, FrameKind.credit), "credit frame with 3 bytes"],
  ["end with a payload", header(6, FrameKind.end), "end frame with 1 bytes"],
])("a frame %s is refused", (_name, bytes, message) => {
  expect(() => decode(bytes, () => 9)).toThrow(message);
  expect(() => decode(bytes, () => 1)).toThrow(message);
});
