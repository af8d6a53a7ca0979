/** Times of machines and of their peer, each run of one in turn with the others'. */
import type { Figure } from "./figure.js";
import { BIGFILE, BIGFILE_UNCACHED, EXEC, PS, PULL, REMOVE_BOX, REMOVE_IMAGES, RUN, START_BOX } from "./lines.js";
import type { Timing } from "./timed-shell.js";

/** Shells by name, ours first. The variables of `lines.ts` are set in them. */
export type Shells = Map<string, { run(line: string): Promise<Timing> }>;

interface Work {
  name: string;
  line: string;
  /** Once, before the first run and after the last. */
  setUp?: string;
  tearDown?: string;
  /** Before each run, not timed. */
  before?: string;
}

/** v86 compiles the guest's code as it runs: after so many containers, times stay where they are. */
const WARM_UP_RUNS = 40;

/** The last takes the images away. */
const WORKS: Work[] = [
  { name: `${RUN}, warm`, line: RUN },
  { name: "docker exec", line: EXEC, setUp: START_BOX, tearDown: REMOVE_BOX },
  { name: "docker ps", line: PS },
  { name: "BigFile build, uncached", line: BIGFILE_UNCACHED },
  { name: "BigFile build, cached", line: BIGFILE },
  { name: "docker pull busybox", line: PULL, before: REMOVE_IMAGES },
];

/** Two figures for each work: by the caller's clock and by the shell's own. */
export async function machineFigures(shells: Shells, runs: number): Promise<Figure[]> {
  await inTurn(shells, PULL);
  const figures = await measure(shells, { name: `${RUN}, first after restore`, line: RUN }, 1);
  const settling = { name: `${RUN}, runs 2 to ${WARM_UP_RUNS + 1}`, line: RUN };
  figures.push(...(await measure(shells, settling, WARM_UP_RUNS)));
  for (const work of WORKS) figures.push(...(await measure(shells, work, runs)));
  return figures;
}

async function measure(shells: Shells, work: Work, runs: number): Promise<Figure[]> {
  const timings: Timing[][] = [];
  if (work.setUp) await inTurn(shells, work.setUp);
  for (let run = 0; run < runs; run++) {
    if (work.before) await inTurn(shells, work.before);
    timings.push(await inTurn(shells, work.line));
  }
  if (work.tearDown) await inTurn(shells, work.tearDown);
  const names = [...shells.keys()];
  return [
    figureOf(work.name, names, timings, ({ callerMs }) => callerMs),
    figureOf("  by the shell's own clock", names, timings, ({ shellMs }) => shellMs),
  ];
}

/** @returns their timings in the shells' order. */
async function inTurn(shells: Shells, line: string): Promise<Timing[]> {
  const timings: Timing[] = [];
  for (const shell of shells.values()) timings.push(await shell.run(line));
  return timings;
}

function figureOf(name: string, shells: string[], timings: Timing[][], ms: (timing: Timing) => number): Figure {
  const of = (shell: number) => timings.map((turn) => ms(turn[shell]!));
  const others = shells.slice(1).map((other, index) => [other, of(index + 1)] as const);
  return { name, unit: "ms", values: of(0), beside: new Map(others) };
}
