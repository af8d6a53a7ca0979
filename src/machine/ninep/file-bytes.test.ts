import { expect, test } from "vitest";
import { SparseBytes, wholeOf } from "../../shared/files/sparse-bytes.js";
import { FileBytes } from "./file-bytes.js";

const CHUNK = 1 << 18;

/** Numbers that look random and are the same each time. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

test.each([1, 2, 3, 4, 5])("reads what was written, whatever came before (%s)", (seed) => {
  const next = numbers(seed);
  const given = new Uint8Array(CHUNK + 1000).fill(9);
  const file = new FileBytes(given);
  let model = given.slice();
  for (let step = 0; step < 60; step++) {
    const offset = next(4 * CHUNK);
    const length = next(CHUNK);
    const what = next(10);
    if (what < 2) {
      file.resize(offset);
      const resized = new Uint8Array(offset);
      resized.set(model.subarray(0, offset));
      model = resized;
    } else if (what < 4) wholeOf(file.data());
    else {
      file.write(offset, new Uint8Array(length).fill(step));
      const grown = new Uint8Array(Math.max(model.length, length > 0 ? offset + length : 0));
      grown.set(model);
      grown.fill(step, offset, offset + length);
      model = grown;
    }
    const [from, count] = [next(4 * CHUNK), next(2 * CHUNK)];
    expect(file.size).toBe(model.length);
    expect(Buffer.compare(file.read(from, count), model.subarray(from, from + count))).toBe(0);
  }
  expect(Buffer.compare(file.whole(), model)).toBe(0);
  expect(given.every((byte) => byte === 9)).toBe(true);
});

test("what was given, and what was taken, does not change with the file", () => {
  const sparse = new SparseBytes(10 * CHUNK, [{ offset: 5 * CHUNK - 1, length: 2 }], Uint8Array.of(1, 2));
  const file = new FileBytes(sparse);
  expect(file.data()).toBe(sparse);
  file.write(5 * CHUNK, Uint8Array.of(3));
  expect([...sparse.data]).toEqual([1, 2]);
  const taken = file.data() as SparseBytes;
  expect(taken.extents).toEqual([{ offset: 4 * CHUNK, length: 2 * CHUNK }]);
  file.write(5 * CHUNK, Uint8Array.of(4));
  expect([...taken.read(5 * CHUNK - 1, 3)]).toEqual([1, 3, 0]);
  expect([...file.read(5 * CHUNK - 1, 3)]).toEqual([1, 4, 0]);
  expect(file.heldBytes).toBe(2 * CHUNK);
});

test("a file that was cut shows zeros where it grows again", () => {
  const file = new FileBytes(Uint8Array.of(1, 2, 3));
  file.resize(1);
  file.resize(3);
  expect([...file.read(0, 9)]).toEqual([1, 0, 0]);
  file.resize(0);
  expect(file.heldBytes).toBe(0);
});
