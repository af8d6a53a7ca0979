import type { Random } from "./random.js";

/** Bytes that break what counts: signs, lengths, ends of texts. */
const TELLING_BYTES = [0, 1, 0x7f, 0x80, 0xfe, 0xff, 0x20, 0x2f];
const MOST_CHANGES = 4;

/** A copy with a few bits, bytes or pieces changed, cut out, doubled or put in. */
export function mutate(bytes: Uint8Array, random: Random): Uint8Array {
  let changed: Uint8Array = bytes.slice();
  for (let changes = 1 + random.below(MOST_CHANGES); changes > 0; changes--) changed = mutateOnce(changed, random);
  return changed;
}

function mutateOnce(bytes: Uint8Array, random: Random): Uint8Array {
  const at = random.below(bytes.length + 1);
  const length = 1 + random.below(random.of([4, 16, 600]));
  switch (random.below(7)) {
    case 0:
      return bytes.subarray(0, at);
    case 1:
      return join(bytes.subarray(0, at), bytes.subarray(at + length));
    case 2:
      return join(bytes.subarray(0, at), bytes.subarray(at, at + length), bytes.subarray(at));
    case 3:
      return join(bytes.subarray(0, at), random.bytes(length), bytes.subarray(at));
    case 4:
      return bytes.fill(random.of(TELLING_BYTES), at, at + length);
    case 5:
      if (at < bytes.length) bytes[at]! ^= 1 << random.below(8);
      return bytes;
    default:
      if (at < bytes.length) bytes[at] = random.of(TELLING_BYTES);
      return bytes;
  }
}

export function join(...parts: Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
