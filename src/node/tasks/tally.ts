import { existsSync, readFileSync } from "node:fs";

/** Tests by outcome. */
export interface Tally {
  passed: number;
  failed: number;
  skipped: number;
}

export function addTallies(tallies: readonly Tally[]): Tally {
  const sum = { passed: 0, failed: 0, skipped: 0 };
  for (const tally of tallies) {
    sum.passed += tally.passed;
    sum.failed += tally.failed;
    sum.skipped += tally.skipped;
  }
  return sum;
}

/** One check that passes or fails as a whole, such as the linter. */
export function tallyOf(passed: boolean): Tally {
  return { passed: passed ? 1 : 0, failed: passed ? 0 : 1, skipped: 0 };
}

/** What Vitest's JSON reporter wrote. A run that broke off without a report, or failed outside a test, counts as failed. */
export function readVitestTally(file: string, status: number): Tally {
  if (!existsSync(file)) return tallyOf(false);
  const report = JSON.parse(readFileSync(file, "utf8"));
  return withStatus(
    {
      passed: report.numPassedTests,
      failed: report.numFailedTests,
      skipped: report.numPendingTests + report.numTodoTests,
    },
    status,
  );
}

/** What Playwright's JSON reporter wrote; a flaky test counts as passed there and is named by its own reporter. */
export function readPlaywrightTally(file: string, status: number): Tally {
  if (!existsSync(file)) return tallyOf(false);
  const { expected, unexpected, flaky, skipped } = JSON.parse(readFileSync(file, "utf8")).stats;
  return withStatus({ passed: expected + flaky, failed: unexpected, skipped }, status);
}

function withStatus(tally: Tally, status: number): Tally {
  return status !== 0 && tally.failed === 0 ? { ...tally, failed: 1 } : tally;
}
