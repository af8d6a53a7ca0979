import { expect, test } from "vitest";
import { errnoNumber } from "../linux/errno.js";
import { CallList } from "./call-list.js";
import { NOT_REACHED, REPORT_HEAD_BYTES, RESULT_BYTES } from "./list-format.js";
import { failureOf, reachNext, resultAt, stepsOf, stoppedAt } from "./report.js";

interface Made {
  value: number;
  /** Microseconds. */
  start: number;
  took: number;
}

/** A report as the native has it; undefined for a call that was not reached. */
function report(stopped: number, results: (Made | undefined)[], began = 2 ** 33 + 7): Uint8Array {
  const bytes = new Uint8Array(REPORT_HEAD_BYTES + RESULT_BYTES * results.length);
  const view = new DataView(bytes.buffer);
  view.setInt32(0, stopped, true);
  view.setUint32(4, began % 2 ** 32, true);
  view.setUint32(8, Math.floor(began / 2 ** 32), true);
  for (const [index, made] of results.entries()) {
    const at = REPORT_HEAD_BYTES + RESULT_BYTES * index;
    view.setInt32(at, made?.value ?? 0, true);
    view.setUint32(at + 4, made?.start ?? NOT_REACHED, true);
    view.setUint32(at + 8, (made?.took ?? 0) * 1000, true);
  }
  return bytes;
}

const EACCES = -errnoNumber("EACCES");

/** A process that is made, prepares itself, executes; and what its maker does then. */
function birth(): CallList {
  const list = new CallList();
  const parent = list.label();
  list.call("mkdir", [list.text("/x"), 0], { step: "/x", allow: ["EEXIST"] });
  list.spawn(list.room(88), parent, { step: "CLONE_NEWNS" });
  list.call("mount", [], { step: "a on b", as: "mount" });
  list.call("getpid", []);
  list.call("execve", [], { step: "sh", failure: (errno) => ({ code: "not-executable", message: `exec: ${errno}` }) });
  list.here(parent);
  list.call("close", [3], { step: "3" });
  return list;
}

test("results by index, on the clock of the report", () => {
  const bytes = report(-1, [{ value: -13, start: 5, took: 1.5 }, undefined]);
  expect(resultAt(bytes, 0)).toEqual({ value: -13, startMicros: 2 ** 33 + 12, durationMicros: 1.5 });
  expect(resultAt(bytes, 1).value).toBeUndefined();
  expect(stoppedAt(bytes)).toBeUndefined();
  // Also within a buffer that is larger.
  const inside = new Uint8Array(100 + bytes.length);
  inside.set(bytes, 100);
  expect(resultAt(inside.subarray(100), 0).value).toBe(-13);
});

test("clone3 ends where the child begins, execve where the maker goes on", () => {
  const bytes = report(-1, [
    { value: 0, start: 1, took: 2 },
    // Held up until the child has exec'd.
    { value: 77, start: 10, took: 90 },
    { value: 0, start: 30, took: 5 },
    { value: 1, start: 40, took: 1 },
    { value: 0, start: 60, took: 0 },
    { value: 0, start: 101, took: 1 },
  ]);
  expect(stepsOf(birth(), bytes).map(({ call, durationMicros }) => [call, durationMicros])).toEqual([
    ["mkdir", 2],
    ["clone3", 20],
    ["mount", 5],
    ["execve", 40],
    ["close", 1],
  ]);
  expect(failureOf(birth(), bytes)).toBeUndefined();
});

test("what was allowed to fail is not told; what was not ends the steps with its error", () => {
  const bytes = report(2, [
    { value: -errnoNumber("EEXIST"), start: 1, took: 2 },
    { value: 77, start: 10, took: 90 },
    { value: EACCES, start: 30, took: 5 },
    undefined,
    undefined,
    { value: 0, start: 101, took: 1 },
  ]);
  expect(stepsOf(birth(), bytes).map(({ call, detail, error }) => [call, detail, error])).toEqual([
    ["clone3", "CLONE_NEWNS", undefined],
    ["mount", "a on b", "EACCES"],
    ["close", "3", undefined],
  ]);
  expect(failureOf(birth(), bytes)).toEqual({
    code: "system",
    message: "mount a on b: EACCES",
    index: 2,
    errno: "EACCES",
    call: "mount",
  });
});

test("a failure means what its call says", () => {
  const made = { value: 0, start: 1, took: 1 };
  const bytes = report(4, [made, made, made, made, { value: EACCES, start: 2, took: 1 }, made]);
  expect(failureOf(birth(), bytes)).toMatchObject({ code: "not-executable", message: "exec: EACCES", call: "execve" });
});

test("a process that could not be made is a failure, though the list went on", () => {
  const bytes = report(-1, [
    undefined,
    { value: EACCES, start: 1, took: 1 },
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
  expect(failureOf(birth(), bytes)).toMatchObject({ index: 1, call: "clone3", message: "clone3 CLONE_NEWNS: EACCES" });
  expect(stepsOf(birth(), bytes)).toEqual([]);
});

test("a large result is no error", () => {
  const list = new CallList();
  list.call("mmap2", [], { step: "x" });
  const bytes = report(-1, [{ value: -1_000_000, start: 0, took: 1 }]);
  expect(stepsOf(list, bytes)).toHaveLength(1);
});

test("one that was not held up: execve lasts until it is seen to have executed", () => {
  const began = 2 ** 33 + 7;
  const bytes = report(-1, [
    { value: 0, start: 1, took: 2 },
    { value: 0, start: 10, took: 0 },
    { value: 0, start: 50, took: 20 },
    { value: 9, start: 80, took: 1 },
    undefined,
    undefined,
  ]);
  reachNext(bytes, began + 500);
  expect(
    stepsOf(birth(), bytes).map(({ call, startMicros, durationMicros }) => [call, startMicros - began, durationMicros]),
  ).toEqual([
    ["mkdir", 1, 2],
    ["clone3", 10, 40],
    ["mount", 50, 20],
    ["execve", 81, 419],
  ]);
  const none = report(-1, [undefined, undefined]);
  reachNext(none, 1);
  expect(resultAt(none, 0).value).toBeUndefined();
});
