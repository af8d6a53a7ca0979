import { expect, test } from "vitest";
import { growthOf } from "./growth.js";

test.each<[string, number[], boolean]>([
  ["a steady rise", Array.from({ length: 20 }, (_, index) => 100 + index), true],
  ["a step", [5, 5, 5, 5, 6, 6, 6, 6], true],
  ["a fall", [9, 8, 7, 6, 5, 4, 3, 2], false],
  ["one outlier", [10, 10, 10, 10, 10, 10, 90, 10, 10, 10, 10, 10], false],
  ["noise", [10, 14, 9, 13, 11, 12, 10, 13, 12, 14, 10, 12], false],
  ["less than a hundredth", [1000, 1000, 1000, 1000, 1001, 1001, 1001, 1001], false],
  ["nothing at all", [0, 0, 0, 0], false],
])("%s", (_, samples, grew) => {
  expect(growthOf(samples).grew).toBe(grew);
});

test("tells the quarters' medians and their noise", () => {
  expect(growthOf([1, 3, 5, 5, 5, 5, 7, 8])).toEqual({ first: 2, last: 7.5, noise: 1, grew: true });
});
