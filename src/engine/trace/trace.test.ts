import { expect, test } from "vitest";
import type { TraceEvent } from "./events.js";
import { TraceHistory } from "./history.js";
import { KernelSteps } from "./kernel-steps.js";
import { createTrace, inSpan, startSpan } from "./span.js";

function traced() {
  const events: TraceEvent[] = [];
  const clock = { time: 1000, now: () => clock.time, sleep: async () => {} };
  return { events, clock, trace: createTrace((event) => events.push(event), clock) };
}

const step = (startMicros: number, durationMicros: number) => ({
  call: "mount",
  detail: "x",
  startMicros,
  durationMicros,
});

test("a span ends once, with what came of it", async () => {
  const { trace, events } = traced();
  await inSpan(trace, { kind: "build", title: "b" }, async (span) => span.output("stdout", "hi"));
  await expect(inSpan(trace, { kind: "pull", title: "p" }, () => Promise.reject(new Error("no")))).rejects.toThrow(
    "no",
  );
  const span = startSpan(trace, { kind: "exec", title: "e" });
  span.end("done");
  span.end("failed");
  expect(events.map((event) => [event.type, "outcome" in event ? event.outcome : undefined])).toEqual([
    ["span-start", undefined],
    ["output", undefined],
    ["span-end", "done"],
    ["span-start", undefined],
    ["span-end", "failed"],
    ["span-start", undefined],
    ["span-end", "done"],
  ]);
});

test("kernel steps come into the span that follows their subject, in page time", () => {
  const { trace, events, clock } = traced();
  const steps = new KernelSteps(clock);
  const span = startSpan(trace, { kind: "container", title: "c" });
  steps.follow("a", span);
  clock.time = 2000;
  steps.receive({ subject: "a", steps: [step(500_000, 1000), step(510_000, 10_000)] });
  steps.receive({ subject: "other", steps: [step(0, 1)] });
  // A batch that took longer to arrive does not move the clocks apart.
  clock.time = 2500;
  steps.receive({ subject: "a", steps: [step(600_000, 0)] });
  steps.forget("a");
  steps.receive({ subject: "a", steps: [step(700_000, 0)] });
  expect(events.filter(({ type }) => type === "step").map(({ at }) => at)).toEqual([1980, 1990, 2080]);
});

test("the history keeps the latest events", () => {
  const history = new TraceHistory({ events: 100 });
  const heard: number[] = [];
  history.onTrace(({ at }) => heard.push(at));
  for (let at = 0; at < 1000; at++) history.add({ type: "layer-read", at, layer: "l", path: "/" });
  expect(heard).toHaveLength(1000);
  expect(history.events().length).toBeLessThanOrEqual(100);
  expect(history.events().at(-1)!.at).toBe(999);
});

test("the history keeps within its bytes, however long what was printed is", () => {
  const history = new TraceHistory({ bytes: 1_000_000 });
  const output = (at: number, length: number): TraceEvent => ({
    type: "output",
    span: "s",
    at,
    stream: "stdout",
    text: "x".repeat(length),
  });
  for (let at = 0; at < 1000; at++) history.add(output(at, 10_000));
  const kept = history.events().reduce((sum, event) => sum + 2 * (event as { text: string }).text.length, 0);
  expect(kept).toBeLessThanOrEqual(1_000_000);
  expect(kept).toBeGreaterThan(600_000);
  expect(history.events().at(-1)!.at).toBe(999);
  history.add(output(1000, 5_000_000));
  expect(history.events()).toEqual([]);
  history.add(output(1001, 1));
  expect(history.events()).toHaveLength(1);
});
