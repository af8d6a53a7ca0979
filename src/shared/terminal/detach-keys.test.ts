import { expect, test } from "vitest";
import { DetachKeys, parseDetachKeys } from "./detach-keys.js";

test.each([
  [undefined, [0x10, 0x11]],
  ["", [0x10, 0x11]],
  ["ctrl-a,x", [1, 0x78]],
  ["ctrl-@,ctrl-_", [0, 0x1f]],
  ["ctrl-[", [0x1b]],
])("keys %j", (text, keys) => expect(parseDetachKeys(text)).toEqual(keys));

test.each(["nope", "ctrl-", "ctrl-A", "a,,b", "é"])("no keys: %s", (text) => {
  expect(() => parseDetachKeys(text)).toThrow(`invalid detach keys (${text}): unknown key`);
});

test.each([
  [["ab"], "ab", false],
  [["a\x10\x11b"], "a", true],
  [["a\x10", "\x11", "b"], "a", true],
  [["\x10b"], "\x10b", false],
  [["\x10\x10\x11"], "\x10", true],
  [["\x10", "b", "\x11"], "\x10b\x11", false],
])("typed %j", (pieces, passed, detached) => {
  const keys = new DetachKeys(parseDetachKeys());
  const bytes = pieces.map((piece) => keys.pass(new TextEncoder().encode(piece)));
  expect(bytes.map((each) => new TextDecoder().decode(each)).join("")).toBe(passed);
  expect(keys.detached).toBe(detached);
});
