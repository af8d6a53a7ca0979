import { check } from "../shared/testfiles/fuzz-seeds.js";
import { join, mutate } from "../shared/testfiles/mutate.js";
import { type Random, randomFrom } from "../shared/testfiles/random.js";
import { encodeFrame, FrameDecoder } from "./frame-codec.js";
import { FrameKind, HEADER_BYTES, MAX_DATA_BYTES, MAX_PAYLOAD_BYTES } from "./frames.js";
import { ProtocolError } from "./peer.js";

const KINDS = Object.values(FrameKind);

/** Frames come out as they went in, whatever the chunks; a stream that is damaged is refused, at the same place. */
export function fuzzOne(seed: number): void {
  const random = randomFrom(seed);
  const frames = Array.from({ length: 1 + random.below(12) }, () => randomFrame(random));
  const wire = join(...frames);
  const whole = decode(wire, random);
  check(!whole.error, `frames that are whole are refused: ${whole.error?.message}`);
  checkSame(whole.frames, frames);

  const damaged = random.once(4) ? random.bytes(random.below(400)) : mutate(wire, random);
  const [once, again] = [decode(damaged, random), decode(damaged, random)];
  checkSame(once.frames, again.frames);
  check(once.error?.message === again.error?.message, `${once.error?.message} or ${again.error?.message}`);
  check(sizeOf(once.frames) <= damaged.length, "more bytes come out than went in");
}

function randomFrame(random: Random): Uint8Array {
  const kind = random.of(KINDS);
  return encodeFrame(kind, random.below(2 ** 32), random.bytes(randomSize(kind, random)));
}

function randomSize(kind: FrameKind, random: Random): number {
  if (kind === FrameKind.credit) return 4;
  if (kind === FrameKind.end) return 0;
  if (random.once(100)) return kind === FrameKind.data ? MAX_DATA_BYTES : MAX_PAYLOAD_BYTES;
  return random.below(random.of([1, 20, 2000]));
}

interface Decoded {
  /** Encoded again, so that they can be compared. */
  frames: Uint8Array[];
  error?: ProtocolError;
}

/** In chunks of random sizes. The caller's buffer is overwritten after each, as a transport may do. */
function decode(wire: Uint8Array, random: Random): Decoded {
  const frames: Uint8Array[] = [];
  const decoder = new FrameDecoder((kind, id, payload) => frames.push(encodeFrame(kind, id, payload)));
  const most = random.of([1, 12, 300, 1 << 21]);
  try {
    for (let at = 0, size: number; at < wire.length; at += size) {
      size = 1 + random.below(most);
      const chunk = wire.slice(at, at + size);
      decoder.push(chunk);
      chunk.fill(0xaa);
    }
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return { frames, error };
  }
  return { frames };
}

function checkSame(some: Uint8Array[], others: Uint8Array[]): void {
  check(some.length === others.length, `${some.length} frames, not ${others.length}`);
  for (const [i, frame] of some.entries()) {
    check(frame.length >= HEADER_BYTES && frame.length === others[i]!.length, `frame ${i} has another length`);
    const at = frame.findIndex((byte, at) => byte !== others[i]![at]);
    check(at < 0, `frame ${i} differs at byte ${at}`);
  }
}

function sizeOf(frames: Uint8Array[]): number {
  return frames.reduce((sum, frame) => sum + frame.length, 0);
}
