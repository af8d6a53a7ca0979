/** What the first of its kind costs after a restore, each in a machine of its own, and the same one later. */
import { type Figure, median } from "./figure.js";
import { BIGFILE_UNCACHED, EXEC, PULL, RUN, START_BOX } from "./lines.js";
import type { MachineProcess } from "./machine-process.js";

interface Operation {
  line: string;
  before: string[];
}

const OPERATIONS: Operation[] = [
  { line: RUN, before: [PULL] },
  { line: EXEC, before: [PULL, START_BOX] },
  { line: BIGFILE_UNCACHED, before: [PULL] },
];
/** So many runs of an operation until it is warm. */
const WARM_UP_RUNS = 20;
const WARM_RUNS = 5;

/** @param open restores a machine. The warm ones are named `warm`, so that the table shows the ratio. */
export async function firstFigures(open: () => Promise<MachineProcess>, runs: number): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const { line, before } of OPERATIONS) {
    const [first, warm]: [number[], number[]] = [[], []];
    for (let run = 0; run < runs; run++) {
      const machine = await open();
      for (const each of before) await machine.run(each);
      first.push((await machine.run(line)).callerMs);
      warm.push(await warmMs(machine, line));
      machine.dispose();
    }
    figures.push({
      name: `${line}, first after restore`,
      unit: "ms",
      values: first,
      beside: new Map([["warm", warm]]),
    });
  }
  return figures;
}

async function warmMs(machine: MachineProcess, line: string): Promise<number> {
  for (let run = 0; run < WARM_UP_RUNS; run++) await machine.run(line);
  const times: number[] = [];
  for (let run = 0; run < WARM_RUNS; run++) times.push((await machine.run(line)).callerMs);
  return median(times);
}
