import { expect, test } from "vitest";
import { CallList } from "./call-list.js";
import { reportOf, Slot, slotsOf, withReport } from "./list-format.js";
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
    `write $${Slot.free} häl\nlo 7`,
    `write $link report ${12 + 12 * 7}`,
    `store ${at + 4} $${Slot.free}`,
    `spawn ${0x4000 + 2 * 2 ** 32} 6`,
    "execve /bin/sh [sh -c ] []",
    "exit_group 127",
  ]);
  expect(calls.map(({ slot }) => slot)).toEqual([
    Slot.free,
    undefined,
    undefined,
    undefined,
    Slot.pid,
    undefined,
    undefined,
  ]);
  // Not valid text, but the bytes are there.
  expect(Buffer.from(bytes).includes(Buffer.from([0x2f, 0xc3, 0xa4, 0xff, 0x20, 0x78, 0]))).toBe(true);
  expect(wordsAt(bytes, at, 2)).toEqual([7, 4 * (8 + Slot.pid)]);
  expect(Buffer.from(bytes).indexOf("pointed at\0")).toBe(wordsAt(bytes, at + 8, 1)[0]);
  expect(childFailureOf(bytes)).toBeUndefined();
});

test("jumps, allowed errors, and what is a failure", () => {
  const list = new CallList();
  const [end, other] = [list.label(), list.label()];
  list.call("mkdir", [list.text("/x"), 0o755], { allow: ["EEXIST", "EROFS"], next: end, otherwise: other });
  list.call("read", [0, list.room(4), 1], { needsSomething: true });
  list.here(other);
  list.onChildFailure(other);
  list.call("getpid", [], { allow: "any" });
  list.here(end);
  const calls = readList(list.encode());
  expect(
    calls.map(({ next, otherwise, allowed, needsSomething }) => [next, otherwise, allowed, needsSomething]),
  ).toEqual([
    [3, 2, ["EEXIST", "EROFS"], false],
    [2, 2, [], true],
    [3, 3, ["any"], false],
  ]);
  expect(childFailureOf(list.encode())).toBe(2);
});

test("equal texts are the same data, and data grow", () => {
  const list = new CallList();
  expect(list.text("a")).toBe(list.text("a"));
  const long = "x".repeat(5000);
  list.call("chdir", [list.text(long)]);
  list.call("chdir", [list.text("after")]);
  expect(readList(list.encode()).map(({ args }) => args)).toEqual([[long], ["after"]]);
});

test("the sent list has no report; whoever carries it out adds it", () => {
  const list = new CallList();
  list.call("getpid", []);
  const sent = list.encode();
  const whole = withReport(sent);
  expect(whole.length - sent.length).toBe(12 + 12);
  expect(reportOf(whole)).toHaveLength(24);
  expect([...slotsOf(whole)].every((value) => value === -1)).toBe(true);
  slotsOf(whole)[Slot.pid] = 7;
  expect(wordsAt(whole, 4 * (8 + Slot.pid), 1)).toEqual([7]);
  // At an odd place of a larger buffer, as a message brings it.
  const inside = new Uint8Array(sent.length + 3);
  inside.set(sent, 3);
  expect(readList(withReport(inside.subarray(3)))).toHaveLength(1);
});

test.each([
  ["no system call", (list: CallList) => list.call("frobnicate", [])],
  ["never set", (list: CallList) => list.call("getpid", [], { next: list.label() })],
  ["more than four errors", (list: CallList) => list.call("getpid", [], { allow: Array(5).fill("EIO") })],
  ["no error's name", (list: CallList) => list.call("getpid", [], { allow: ["ENONE"] })],
  ["no slot left", (list: CallList) => Array.from({ length: 300 }, () => list.slot())],
])("%s is refused", (message, compose) => {
  const list = new CallList();
  expect(() => {
    compose(list);
    list.encode();
  }).toThrow(message);
});

test.each([
  ["too short", new Uint8Array(10)],
  ["of another size", new Uint8Array(1000)],
])("a list %s is none", (_, bytes) => {
  expect(() => withReport(bytes)).toThrow("a list of calls of");
});
