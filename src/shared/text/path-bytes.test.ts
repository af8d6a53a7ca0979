import { expect, test } from "vitest";
import { compareNames, comparePaths, decodePath, encodePath, pathLength } from "./path-bytes.js";

const everyByte = Uint8Array.from({ length: 255 }, (_, i) => i + 1);

test.each<[string, number[], string]>([
  ["plain", [0x61, 0x62], "ab"],
  ["text", [0xc3, 0xbc, 0xe2, 0x82, 0xac, 0xf0, 0x9f, 0x98, 0x80], "ü€😀"],
  ["a byte that begins nothing", [0x61, 0xff, 0x62], "a\udcffb"],
  ["a sequence cut short", [0xe2, 0x82, 0x2e], "\udce2\udc82."],
  ["an overlong form", [0xc0, 0xaf], "\udcc0\udcaf"],
  ["an encoded surrogate", [0xed, 0xb3, 0xbf], "\udced\udcb3\udcbf"],
  ["beyond Unicode", [0xf4, 0x90, 0x80, 0x80], "\udcf4\udc90\udc80\udc80"],
  ["an escape after a pair", [0xf0, 0x9f, 0x98, 0x80, 0x80], "😀\udc80"],
])("%s", (_, bytes, text) => {
  expect(decodePath(Uint8Array.from(bytes))).toBe(text);
  expect([...encodePath(text)]).toEqual(bytes);
  expect(pathLength(text)).toBe(bytes.length);
});

test("any bytes come back as they were, through JSON as well", () => {
  for (const bytes of [
    everyByte,
    everyByte.toReversed(),
    Uint8Array.from({ length: 5000 }, (_, i) => (i * i * 7) >> 3),
  ]) {
    const text = JSON.parse(JSON.stringify(decodePath(bytes))) as string;
    expect(encodePath(text)).toEqual(bytes);
  }
});

test("a surrogate that stands for no byte is replaced", () => {
  expect([...encodePath("\udc00\udcff")]).toEqual([0xef, 0xbf, 0xbd, 0xff]);
});

test("names sort by their bytes", () => {
  const names = ["b", "", "a", "\uff5e", "😀", "\udcff", "\udc80", "ab", "ü"];
  const hex = (name: string) => Buffer.from(encodePath(name)).toString("hex");
  expect(names.toSorted(compareNames)).toEqual(names.toSorted((a, b) => (hex(a) < hex(b) ? -1 : 1)));
  expect(["a-b", "a/c", "a"].toSorted(comparePaths)).toEqual(["a", "a/c", "a-b"]);
});
