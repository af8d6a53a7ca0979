import { expect, test } from "vitest";
import { IdlePace } from "./idle-pace.js";

/** Sleeps of an idle guest that ticks every 3.2 ms, from `from` for `ms`. */
function idle(pace: IdlePace, from: number, ms: number): number[] {
  const sleeps: number[] = [];
  for (let now = from; now < from + ms; now += sleeps.at(-1)!) sleeps.push(pace.sleep(3.2, 0.1, true, now));
  return sleeps;
}

test("sleeps are whole, and stretched once the guest has been quiet", () => {
  const sleeps = idle(new IdlePace(), 0, 1000);
  expect(sleeps[0]).toBe(4);
  expect(sleeps.at(-1)).toBe(20);
});

test("work and input bring it back", () => {
  const pace = new IdlePace();
  idle(pace, 0, 1000);
  expect(pace.sleep(0.4, 8, false, 1000)).toBe(0.4);
  expect(pace.sleep(3.2, 0.1, true, 1001)).toBe(4);
  idle(pace, 1001, 1000);
  pace.wake();
  expect(pace.sleep(3.2, 0.1, true, 2100)).toBe(4);
});

test("a guest that is to go on at once does", () => {
  const pace = new IdlePace();
  expect(pace.sleep(0, 0.1, true, 0)).toBe(0);
});
