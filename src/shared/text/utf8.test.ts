import { expect, test } from "vitest";
import { decodeUtf8, encodeUtf8, utf8Length } from "./utf8.js";

test.each(["", "plain", "ß", "日本語", "a😀b", `${"x".repeat(9000)}é`])("agrees with TextEncoder on %.20s", (text) => {
  expect([...encodeUtf8(text)]).toEqual([...new TextEncoder().encode(text)]);
  expect(utf8Length(text)).toBe(new TextEncoder().encode(text).length);
  expect(decodeUtf8(encodeUtf8(text))).toBe(text);
});

test.each([
  [[0xff]],
  [[0xc3]],
  [[0x61, 0xc3, 0x28]],
  [[0xe2, 0x82]],
  [[0xe2, 0x82, 0x41]],
  [[0xc0, 0xaf]],
  [[0xed, 0xa0, 0x80]],
  [[0xf4, 0x90, 0x80, 0x80]],
  [[0xf0, 0x80, 0x80, 0xaf]],
])("agrees with TextDecoder on malformed %j", (bytes) => {
  expect(decodeUtf8(Uint8Array.from(bytes))).toBe(new TextDecoder().decode(Uint8Array.from(bytes)));
});

test("an unpaired surrogate is replaced", () => {
  expect([...encodeUtf8("a\ud800b")]).toEqual([...new TextEncoder().encode("a\ud800b")]);
});
