import { expect, test } from "vitest";
import { SparseBytes, sizeOf, wholeOf } from "./sparse-bytes.js";

const bytes = (text: string) => new TextEncoder().encode(text);
const shown = (data: Uint8Array) => new TextDecoder().decode(data).replaceAll("\0", ".");
/** `..ab...cd.` */
const file = new SparseBytes(
  10,
  [
    { offset: 2, length: 2 },
    { offset: 7, length: 2 },
  ],
  bytes("abcd"),
);

test("reads data and holes", () => {
  expect(shown(wholeOf(file))).toBe("..ab...cd.");
  expect(sizeOf(file)).toBe(10);
  for (let from = 0; from <= 11; from++)
    for (let length = 0; length <= 11; length++)
      expect(shown(file.read(from, length))).toBe("..ab...cd.".slice(from, from + length));
});

test("what one extent holds is not copied", () => {
  expect(file.read(7, 2).buffer).toBe(file.data.buffer);
});

test("a large file takes the memory of its data", () => {
  const large = new SparseBytes(10 * 2 ** 30, [{ offset: 2 ** 33, length: 4 }], bytes("data"));
  expect(shown(large.read(2 ** 33 - 2, 8))).toBe("..data..");
  expect(() => wholeOf(large)).toThrow("a file of 10737418240 bytes is too large");
});

test("refuses extents that cannot be", () => {
  expect(() => new SparseBytes(3, [{ offset: 2, length: 2 }], bytes("ab"))).toThrow("extent 2+2 of a file of 3 bytes");
  expect(() => new SparseBytes(9, [{ offset: 2, length: 2 }], bytes("a"))).toThrow("extents of 2 bytes for 1 bytes");
  const overlapping = [
    { offset: 2, length: 2 },
    { offset: 3, length: 2 },
  ];
  expect(() => new SparseBytes(9, overlapping, bytes("abcd"))).toThrow("extent 3+2");
});
