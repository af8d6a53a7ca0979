/** What operations cost the guest in instructions: no times, which the load of this machine would bend. */
import type { Figure } from "./figure.js";
import { BIGFILE_UNCACHED, EXEC, PS, PULL, RUN, RUN_BRIDGED, START_BOX } from "./lines.js";
import type { MachineProcess } from "./machine-process.js";

const STEP = "docker build -q -t step step";
const STEP_UNCACHED = "docker build --no-cache -q -t step step";
const WRITE_STEP = "mkdir -p step && printf 'FROM busybox\\nRUN true\\n' > step/Dockerfile";

/** The machines by name, ours first: they count in turn, so that only one is busy. */
export type Machines = Map<string, MachineProcess>;

/** @param runs of each operation; of the large build a quarter. */
export async function instructionFigures(machines: Machines, runs: number): Promise<Figure[]> {
  for (const machine of machines.values()) {
    for (const line of [PULL, START_BOX, WRITE_STEP]) await machine.run(line);
  }
  const count = (line: string, times = runs) => countInTurn(machines, line, times);
  const figure = async (name: string, counts: Promise<Counts>) => figureOf(name, machines, await counts);
  return [
    await figure("nothing (:), the shell's own part of each", count(":")),
    await figure(RUN, count(RUN)),
    await figure(RUN_BRIDGED, count(RUN_BRIDGED)),
    await figure(EXEC, count(EXEC)),
    await figure(PS, count(PS)),
    await figure("one RUN true of a build", countStep(count)),
    await figure("BigFile build, uncached", count(BIGFILE_UNCACHED, Math.ceil(runs / 4))),
  ];
}

/** A build's one step: the build without the cache less the build with it. */
async function countStep(count: (line: string) => Promise<Counts>): Promise<Counts> {
  const uncached = await count(STEP_UNCACHED);
  return difference(uncached, await count(STEP));
}

/** Of each machine, in the machines' order. */
type Counts = number[][];

async function countInTurn(machines: Machines, line: string, runs: number): Promise<Counts> {
  const counts: Counts = [];
  for (const machine of machines.values()) counts.push(await machine.count(line, runs));
  return counts;
}

function difference(counts: Counts, less: Counts): Counts {
  return counts.map((values, machine) => values.map((value, run) => value - less[machine]![run]!));
}

function figureOf(name: string, machines: Machines, counts: Counts): Figure {
  const [values, ...others] = counts.map((instructions) => instructions.map((count) => count / 1e6));
  const names = [...machines.keys()].slice(1);
  return { name, unit: "Mi", values: values!, beside: new Map(names.map((other, at) => [other, others[at]!])) };
}
