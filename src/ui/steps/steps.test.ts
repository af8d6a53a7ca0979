import { expect, test } from "vitest";
import type { TraceEvent } from "../../session/client.js";
import { visibleRows } from "./rows.js";
import { applyTrace, countBelow, emptyForest, type SpanForest } from "./span-forest.js";

const start = (span: string, at: number, title: string, parent?: string): TraceEvent => ({
  type: "span-start",
  span,
  parent,
  kind: parent ? "instruction" : "build",
  title,
  at,
});
const end = (span: string, at: number, outcome: "done" | "cached" | "failed" = "done"): TraceEvent => ({
  type: "span-end",
  span,
  at,
  outcome,
});
const step = (span: string, at: number, call: string, detail: string, error?: string): TraceEvent => ({
  type: "step",
  span,
  at,
  call,
  detail,
  startMicros: at * 1000,
  durationMicros: 2000,
  error,
});

function forestOf(...events: TraceEvent[]): SpanForest {
  const forest = emptyForest();
  for (const event of events) applyTrace(forest, event);
  return forest;
}

const build = () =>
  forestOf(
    start("b", 0, "big"),
    start("r", 10, "RUN dd", "b"),
    step("r", 20, "mount", "overlay on /"),
    { type: "output", span: "r", at: 25, stream: "stderr", text: "20+0 records in\n" },
    step("r", 30, "mkdir", "/sys/fs/cgroup/x", "EEXIST"),
    end("r", 60),
    start("c", 60, "COPY hello /", "b"),
    end("c", 70, "cached"),
    end("b", 100),
  );

const all = { filter: "", output: true, isExpanded: () => true };
const lines = (forest: SpanForest, options: Partial<typeof all> = {}) =>
  visibleRows(forest, { ...all, ...options }).map(
    ({ level, kind, title, detail, state }) => `${level} ${kind} ${title} | ${detail} | ${state}`,
  );

test("of what a program prints without end, the last is kept, and every step", () => {
  const flooded = forestOf(start("f", 0, "RUN yes"), step("f", 1, "mount", "overlay on /"));
  for (let at = 0; at < 100_000; at++)
    applyTrace(flooded, { type: "output", span: "f", at, stream: "stdout", text: `${at}\n`.padStart(50) });
  const { items, outputBytes } = flooded.byId.get("f")!;
  expect(items[0]!.type).toBe("step");
  expect(items.at(-1)).toMatchObject({ at: 99_999 });
  expect(items.length).toBeLessThan(12_000);
  expect(outputBytes).toBe((items.length - 1) * 200);
});

test("spans, kernel steps and output in order", () => {
  expect(lines(build())).toEqual([
    "1 build big | 2 kernel steps | done",
    "2 instruction RUN dd | 2 kernel steps | done",
    "3 step mount | overlay on / | done",
    "3 output stderr | 20+0 records in | done",
    "3 step mkdir | /sys/fs/cgroup/x = EEXIST | failed",
    "2 instruction COPY hello / |  | cached",
  ]);
});

test("what is folded is not listed", () => {
  expect(lines(build(), { isExpanded: () => false })).toEqual(["1 build big | 2 kernel steps | done"]);
});

test("a filter unfolds what it finds and keeps what that is in", () => {
  expect(lines(build(), { filter: "EEXIST", isExpanded: () => false })).toEqual([
    "1 build big | 2 kernel steps | done",
    "2 instruction RUN dd | 2 kernel steps | done",
    "3 step mkdir | /sys/fs/cgroup/x = EEXIST | failed",
  ]);
  expect(lines(build(), { filter: "copy" })).toHaveLength(2);
  expect(lines(build(), { filter: "nothing" })).toEqual([]);
});

test("positions for screen readers, and places on the root's time", () => {
  const rows = visibleRows(build(), all);
  expect(rows.map(({ position, siblings }) => [position, siblings])).toEqual([
    [1, 1],
    [1, 2],
    [1, 3],
    [2, 3],
    [3, 3],
    [2, 2],
  ]);
  expect(rows[1]).toMatchObject({ offset: 0.1, extent: 0.5, durationMs: 50, parent: "b" });
  expect(rows[2]).toMatchObject({ offset: 0.2, extent: 0.02, durationMs: 2 });
});

test("a running span reaches to the latest event", () => {
  const forest = forestOf(start("b", 0, "big"), start("r", 50, "RUN", "b"), step("r", 98, "clone", ""));
  expect(visibleRows(forest, all)[1]).toMatchObject({ state: "running", offset: 0.5, extent: 0.5 });
});

test("old work is forgotten whole", () => {
  const forest = emptyForest();
  for (let n = 0; n < 150; n++) {
    applyTrace(forest, start(`b${n}`, n, "build"));
    applyTrace(forest, start(`i${n}`, n, "RUN", `b${n}`));
  }
  expect(forest.roots).toHaveLength(100);
  expect(forest.byId.size).toBe(200);
});

test("counts go all the way down", () => {
  expect(countBelow(build().roots[0]!)).toEqual({ spans: 2, steps: 2, failed: 1 });
});
