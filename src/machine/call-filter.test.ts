import { expect, test } from "vitest";
import { randomFrom } from "../shared/testfiles/random.js";
import { nameTargetsByDistance, nameTargetsByPlace } from "./call-filter.js";

const call = (distance: number) => [0xe8, ...new Uint8Array(Int32Array.of(distance).buffer)];

test("two calls of one function become the same bytes", () => {
  const code = Uint8Array.of(...call(100), ...call(95), ...new Uint8Array(200));
  nameTargetsByPlace(code);
  expect(code.subarray(0, 5)).toEqual(code.subarray(5, 10));
});

test("what was rewritten comes back, whatever it was", () => {
  for (let seed = 1; seed <= 200; seed++) {
    const random = randomFrom(seed);
    const bytes = new Uint8Array(random.below(400));
    for (let at = 0; at < bytes.length; at++)
      bytes[at] = random.below(3) === 0 ? 0xe8 + random.below(2) : random.below(256);
    // Distances that are near enough to be rewritten.
    for (let at = 0; at + 5 <= bytes.length; at += 7) bytes.set(call(random.below(1000) - 500), at);
    const rewritten = bytes.slice();
    nameTargetsByPlace(rewritten);
    nameTargetsByDistance(rewritten);
    expect(rewritten).toEqual(bytes);
  }
});
