import { expect, test } from "vitest";
import { wholeOf } from "../shared/files/sparse-bytes.js";
import { type CollectedEntry, collectedData, formatCollectedEntry, parseCollectedEntry } from "./collected-entry.js";

const base64Encode = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");
const base64Decode = (text: string) => new Uint8Array(Buffer.from(text, "base64"));
const attributes = { mode: 0o644, uid: 1, gid: 2, mtime: { seconds: 5, nanoseconds: 1 } };
const plain: CollectedEntry = { ...attributes, path: "a\udcff\ud83d\ude00", type: "file", size: 3, offset: 1 };
const sparse: CollectedEntry = {
  ...attributes,
  path: "s",
  type: "file",
  size: 10,
  offset: 0,
  extents: [
    { offset: 1, length: 2 },
    { offset: 8, length: 2 },
  ],
  xattrs: new Map([["user.\udcfe", Uint8Array.of(0, 255)]]),
};

test("an entry comes back as it was", () => {
  for (const entry of [plain, sparse, { ...sparse, offset: undefined, diskOffsets: [2 ** 40, 4096] }])
    expect(parseCollectedEntry(formatCollectedEntry(entry, base64Encode), base64Decode)).toEqual(entry);
});

test("data are found among the contents", () => {
  const contents = new TextEncoder().encode("abcd");
  const text = (entry: CollectedEntry) => new TextDecoder().decode(wholeOf(collectedData(entry, contents)));
  expect(text(plain)).toBe("bcd");
  expect(text(sparse)).toBe("\0ab\0\0\0\0\0cd");
  expect(() => collectedData({ ...plain, size: 9 }, contents)).toThrow("end at 10, beyond the 4 collected bytes");
});
