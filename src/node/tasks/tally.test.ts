import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { addTallies, readPlaywrightTally, readVitestTally, tallyOf } from "./tally.js";

const scratch = mkdtempSync(join(tmpdir(), "drydock-tally-"));
afterAll(() => rmSync(scratch, { recursive: true }));

function report(value: unknown): string {
  const file = join(scratch, "report.json");
  writeFileSync(file, JSON.stringify(value));
  return file;
}

test("tallies add up", () => {
  expect(addTallies([tallyOf(true), tallyOf(false), { passed: 3, failed: 0, skipped: 2 }])).toEqual({
    passed: 4,
    failed: 1,
    skipped: 2,
  });
});

test("a run without a report has failed", () => {
  expect(readVitestTally(join(scratch, "none.json"), 0)).toEqual({ passed: 0, failed: 1, skipped: 0 });
});

test("a failure outside a test is counted", () => {
  const file = report({ numPassedTests: 4, numFailedTests: 0, numPendingTests: 1, numTodoTests: 0 });
  expect(readVitestTally(file, 1)).toEqual({ passed: 4, failed: 1, skipped: 1 });
});

test("Playwright's outcomes", () => {
  const file = report({ stats: { expected: 5, unexpected: 1, flaky: 1, skipped: 0 } });
  expect(readPlaywrightTally(file, 1)).toEqual({ passed: 6, failed: 1, skipped: 0 });
});
