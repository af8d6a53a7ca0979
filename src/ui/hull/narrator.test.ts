import { expect, test } from "vitest";
import type { LayerReport, LayerReportChange } from "../../session/client.js";
import { lessonOf, meaningOf } from "./narrator.js";

test.each([
  ["clone3", "CLONE_NEWPID CLONE_NEWNS", "walls"],
  ["setns", "made ahead CLONE_NEWNET", "walls"],
  ["mount", "overlay on /run/x type overlay lowerdir=a", "stack"],
  ["pivot_root", ". .", "root"],
  ["write", "/sys/fs/cgroup/docker/x/memory.max 209715200", "gauges"],
  ["seccomp", "SET_MODE_FILTER 900 instructions", "confinement"],
  ["execve", "/bin/sh -c true", "process"],
])("%s %s is of the %s", (call, detail, part) => {
  expect(meaningOf({ call, detail })?.part).toBe(part);
});

test("what failed, and what is only on the way, needs no word", () => {
  expect(meaningOf({ call: "clone3", detail: "x", error: "EAGAIN" })).toBeUndefined();
  expect(meaningOf({ call: "close", detail: "3" })).toBeUndefined();
});

const change = (
  path: string,
  action: LayerReportChange["action"],
  size: number,
  hiddenBy?: number,
): LayerReportChange => ({
  ...{ path, action, size, type: "file", hidden: hiddenBy !== undefined, hiddenBy },
});
const layer = (hiddenBytes: number, ...changes: LayerReportChange[]) => ({ hiddenBytes, changes }) as LayerReport;

test("a deleted file is still shipped", () => {
  const reports = [layer(20e6, change("/BigFile", "added", 20e6, 1)), layer(0, change("/BigFile", "deleted", 20e6))];
  expect(lessonOf(reports)).toBe(
    "Deleting /BigFile wrote a whiteout of 0 bytes into a new layer: the 20 MB below are still there, and are shipped.",
  );
});

test("so is a replaced one; an image that hides nothing teaches nothing", () => {
  const reports = [layer(300, change("/a", "added", 300, 1)), layer(0, change("/a", "changed", 5))];
  expect(lessonOf(reports)).toContain("/a was replaced in a new layer: the 300 B");
  expect(lessonOf([layer(0)])).toBeUndefined();
});
