import { expect, test } from "vitest";
import { median, printFigures, ratios } from "./figure.js";

test("median of odd and even counts", () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 3])).toBe(2.5);
  expect(() => median([])).toThrow(RangeError);
});

test("ratios are taken pair by pair", () => {
  expect(ratios({ name: "x", unit: "ms", values: [2, 9], peer: [1, 3] })).toEqual([2, 3]);
});

test("the table shows the spread, and the peer where there is one", () => {
  const lines = printFigures([
    { name: "alone", unit: "MB", values: [1.234] },
    { name: "paired", unit: "ms", values: [10, 30], peer: [20, 20] },
  ]);
  expect(lines[1]).toMatch(/^alone\s+MB\s+1\s+1\.23\s+1\.23\s+1\.23$/);
  expect(lines[2]).toMatch(/^paired\s+ms\s+2\s+10\s+20\s+30\s+20\s+0\.50\s+1\.00\s+1\.50$/);
});
