import { expect, test, vi } from "vitest";
import { systemClock } from "./clock.js";

test("a sleep of months lasts, and ends with its signal", async () => {
  vi.useFakeTimers();
  const abort = new AbortController();
  let awake = false;
  const slept = systemClock.sleep(2 ** 33, abort.signal).then(() => {
    awake = true;
  });
  await vi.advanceTimersByTimeAsync(2 ** 32);
  expect(awake).toBe(false);
  abort.abort();
  await slept;
  vi.useRealTimers();
});
