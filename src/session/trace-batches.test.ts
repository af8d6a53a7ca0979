import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { TraceEvent } from "../engine/trace/events.js";
import { traceBatches } from "./trace-batches.js";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

test("events cross in batches, in order, and none twice", () => {
  const delivered: number[][] = [];
  const { sink, flush } = traceBatches((events) => delivered.push(events.map(({ at }) => at)));
  const event = (at: number) => ({ type: "layer-read", at, layer: "l", path: "/x" }) as TraceEvent;
  sink(event(1));
  sink(event(2));
  expect(delivered).toEqual([]);
  vi.runAllTimers();
  sink(event(3));
  vi.runAllTimers();
  expect(delivered).toEqual([[1, 2], [3]]);
  sink(event(4));
  flush();
  vi.runAllTimers();
  expect(delivered.at(-1)).toEqual([4]);
  expect(delivered).toHaveLength(3);
});
