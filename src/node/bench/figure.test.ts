import { expect, test } from "vitest";
import { median, printFigures, ratios } from "./figure.js";

test("median of odd and even counts", () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 3])).toBe(2.5);
  expect(() => median([])).toThrow(RangeError);
});

test("ratios are taken pair by pair", () => {
  const figure = { name: "x", unit: "ms" as const, values: [2, 9], beside: new Map([["peer", [1, 3]]]) };
  expect(ratios(figure, "peer")).toEqual([2, 3]);
  expect(ratios(figure, "nobody")).toEqual([]);
});

test("the table shows the spread, and others where there are some", () => {
  const others = new Map([
    ["dockerd", [20, 20]],
    ["5809199", [5, 60]],
  ]);
  const lines = printFigures([
    { name: "alone", unit: "MB", values: [1.234] },
    { name: "paired", unit: "ms", values: [10, 30], beside: others },
  ]);
  expect(lines[0]).toMatch(
    /^figure\s+unit\s+n\s+min\s+median\s+max\s+dockerd\s+.*\s+5809199\s+ratio min\s+median\s+max$/,
  );
  expect(lines[1]).toMatch(/^alone\s+MB\s+1\s+1\.23\s+1\.23\s+1\.23$/);
  expect(lines[2]).toMatch(
    /^paired\s+ms\s+2\s+10\s+20\s+30\s+20\s+0\.50\s+1\.00\s+1\.50\s+33\s+0\.50\s+1\.25\s+2\.00$/,
  );
});

test("instructions have their mean before their spread", () => {
  const lines = printFigures([{ name: "run", unit: "Mi", values: [1, 2, 6] }]);
  expect(lines[0]).toMatch(/^figure\s+unit\s+n\s+mean\s+min\s+median\s+max$/);
  expect(lines[1]).toMatch(/^run\s+Mi\s+3\s+3\.00\s+1\.00\s+2\.00\s+6\.00$/);
});
