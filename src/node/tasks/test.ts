/** `npm test`: everything, in the order in which a failure is cheapest to find, and one summary line at the end. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureChromium } from "../chromium.js";
import { prepare } from "../prepare.js";
import { seconds } from "../steps.js";
import { binary, run } from "./run.js";
import { addTallies, readPlaywrightTally, readVitestTally, type Tally, tallyOf } from "./tally.js";
import { typecheck } from "./typecheck.js";

const scratch = mkdtempSync(join(tmpdir(), "drydock-test-"));

async function vitest(project: string): Promise<Tally> {
  const file = join(scratch, `${project}.json`);
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${file}`];
  return readVitestTally(file, await run(binary("vitest"), ["run", "--project", project, ...reporters]));
}

async function playwright(): Promise<Tally> {
  const chromium = ensureChromium();
  const file = join(scratch, "e2e.json");
  const status = await run(binary("playwright"), ["test", "--reporter=list,json"], {
    CHROMIUM: chromium,
    PLAYWRIGHT_JSON_OUTPUT_FILE: file,
  });
  return readPlaywrightTally(file, status);
}

const stages: [string, () => Promise<Tally>][] = [
  ["types", async () => tallyOf((await typecheck()) === 0)],
  ["lint", async () => tallyOf((await run(binary("biome"), ["check", "."])) === 0)],
  ["set-up", () => prepare({ site: true }).then(() => tallyOf(true))],
  ["unit tests", () => vitest("unit")],
  ["tests on the machine", () => vitest("kernel")],
  ["tests in Chromium", playwright],
];

async function stage(name: string, work: () => Promise<Tally>): Promise<Tally> {
  console.log(`\n== ${name}`);
  const started = performance.now();
  const tally = await work().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    return tallyOf(false);
  });
  console.log(`== ${name}: ${tally.failed === 0 ? "passed" : "failed"}, ${seconds(performance.now() - started)}`);
  return tally;
}

const tallies: Tally[] = [];
for (const [name, work] of stages) tallies.push(await stage(name, work));
rmSync(scratch, { recursive: true });

const { passed, failed, skipped } = addTallies(tallies);
console.log(`\n${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exitCode = failed === 0 ? 0 : 1;
