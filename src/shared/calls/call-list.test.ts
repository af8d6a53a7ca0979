import { expect, test } from "vitest";
import { CallList } from "./call-list.js";
import { Slot } from "./list-format.js";
import { callText, childFailureOf, readList, wordsAt } from "./testfiles/read-list.js";

test("names, numbers, texts, arrays, slots, report and pseudo calls are read back", () => {
  const list = new CallList();
  const fd = list.slot();
  const parent = list.label();
  const word = list.words([7, { slot: Slot.pid }, list.text("pointed at")]);
  list.call("openat", [-100, list.text("/ä\udcff x"), 0o2000000, 0], { into: fd });
  list.call("write", [fd, list.text("häl\nlo"), 7]);
  list.call("write", [{ slot: Slot.link }, "report", "report bytes"]);
  list.store(fd, word, 4);
  list.spawn(list.words([0x4000, 2, ...Array<number>(20).fill(0)]), parent, { into: { slot: Slot.pid } });
  list.call("execve", [list.text("/bin/sh"), list.texts(["sh", "-c", ""]), list.texts([])]);
  list.here(parent);
  list.call("exit_group", [127]);
  const bytes = list.encode();
  const calls = readList(bytes);
  const at = list.offsetOf(word);
  expect(calls.map(callText)).toEqual([
    `openat -100 ${calls[0]!.args[1]} 524288 0`,
    "write $10 häl\nlo 7",
    `write $link report ${12 + 12 * 7}`,
    `store ${at + 4} $10`,
    `spawn ${0x4000 + 2 * 2 ** 32} 6`,
    "execve /bin/sh [sh -c ] []",
    "exit_group 127",
  ]);
  expect(calls.map(({ slot }) => slot)).toEqual([10, undefined, undefined, undefined, Slot.pid, undefined, undefined]);
  // Not valid text, but the bytes are there.
  expect(Buffer.from(bytes).includes(Buffer.from([0x2f, 0xc3, 0xa4, 0xff, 0x20, 0x78, 0]))).toBe(true);
  expect(wordsAt(bytes, at, 2)).toEqual([7, 4 * (8 + Slot.pid)]);
  expect(Buffer.from(bytes).indexOf("pointed at\0")).toBe(wordsAt(bytes, at + 8, 1)[0]);
  expect(childFailureOf(bytes)).toBeUndefined();
});
