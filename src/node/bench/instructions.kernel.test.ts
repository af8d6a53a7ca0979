/** Bars for what the commonest operations cost the guest, in instructions: a time would depend on this machine. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Headless, openHeadless } from "../headless.js";
import { openGuestShell } from "./guest-shell.js";
import { InstructionMeter } from "./instruction-meter.js";
import { EXEC, GUEST_VARIABLES, PS, PULL, RUN, RUN_BRIDGED, START_BOX } from "./lines.js";

/** Million instructions, cleaning up included. Measured 2026-11-25: 8.2, 12.2, 4.45, 1.8; a bar has room of a tenth. */
const BARS: [line: string, bar: number][] = [
  [RUN, 9],
  [RUN_BRIDGED, 13.5],
  [EXEC, 4.9],
  [PS, 2],
];
/** Of which the mean counts. */
const RUNS = 8;

let headless: Headless;
let meter: InstructionMeter;
beforeAll(async () => {
  headless = await openHeadless();
  const shell = await openGuestShell(headless.machine);
  for (const line of [GUEST_VARIABLES, PULL, START_BOX]) await shell.run(line);
  meter = await InstructionMeter.open({
    run: (line) => shell.run(line),
    instructions: () => headless.machine.figures().instructions,
  });
});
afterAll(() => headless?.dispose());

test.each(BARS)("%s costs less than %d million instructions", async (line, bar) => {
  const counts = await meter.count(line, RUNS);
  expect(counts.reduce((sum, count) => sum + count) / RUNS / 1e6).toBeLessThan(bar);
});
