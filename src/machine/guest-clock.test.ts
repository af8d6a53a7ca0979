import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { AgentClient } from "../protocol/peer.js";
import { GuestClock } from "./guest-clock.js";

const NOW = Date.UTC(2026, 10, 25, 12);
let set: unknown[];
let clock: GuestClock;

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
  set = [];
  const call = async (command: string, params: unknown) => void set.push([command, params]);
  clock = new GuestClock({ call } as unknown as AgentClient);
});
afterEach(() => void vi.useRealTimers());

test.each([
  ["right", NOW, 0],
  ["slow to answer, with the time it was asked at", NOW - 30_000, 30_000],
  ["slow to answer, with the time it answered at", NOW, 30_000],
  ["a little off", NOW - 400, 0],
])("a guest that is %s is left alone", (_name, epochMs, tookMs) => {
  clock.compare(epochMs, NOW - tookMs);
  expect(set).toEqual([]);
});

test.each([
  ["behind after a night", NOW - 8 * 3_600_000, 100],
  ["ahead", NOW + 600, 100],
  ["behind by more than the question took", NOW - 31_000, 30_000],
])("a guest that is %s gets the page's time", (_name, epochMs, tookMs) => {
  clock.compare(epochMs, NOW - tookMs);
  expect(set).toEqual([["machine.setClock", { epochMs: NOW }]]);
});

test("a guest that cannot be told is asked again with the next ping", async () => {
  const refusing = new GuestClock({ call: () => Promise.reject(new Error("the channel was closed")) } as never);
  refusing.compare(0, NOW);
  await vi.advanceTimersByTimeAsync(0);
});
