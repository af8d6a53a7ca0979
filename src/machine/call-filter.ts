/**
 * Calls and jumps of 386 code name their target by its distance. Rewritten to name its place, many calls of one
 * function are the same bytes, and the code is smaller when it is compressed. What looks like a call and is none is
 * rewritten and restored alike. Of the instruction at `at`, in `bytes` of a length L:
 *
 *     -at ≤ distance < L - at     place = at + distance
 *     L - at ≤ distance < L       place = distance - L
 *
 * Every other distance stays; both ways the four bytes after an opcode are passed over.
 */

const CALL = 0xe8;
const JUMP = 0xe9;

/** From distances to places, in place. */
export function nameTargetsByPlace(bytes: Uint8Array): void {
  const length = bytes.length;
  rewrite(bytes, (distance, at) => {
    if (distance < -at || distance >= length) return distance;
    return distance < length - at ? at + distance : distance - length;
  });
}

/** Back again. */
export function nameTargetsByDistance(bytes: Uint8Array): void {
  const length = bytes.length;
  rewrite(bytes, (place, at) => {
    if (place < -at || place >= length) return place;
    return place >= 0 ? place - at : place + length;
  });
}

function rewrite(bytes: Uint8Array, of: (target: number, at: number) => number): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const last = bytes.length - 5;
  for (let at = 0; at <= last; at++) {
    const opcode = bytes[at];
    if (opcode !== CALL && opcode !== JUMP) continue;
    view.setInt32(at + 1, of(view.getInt32(at + 1, true), at), true);
    at += 4;
  }
}
