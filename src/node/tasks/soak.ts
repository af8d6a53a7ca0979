/**
 * `npm run soak -- --runs 10000`: containers one after another from one shell, a line of figures for each batch, and a
 * verdict on what grew. Exits with 1 when something of the containers is left at the end.
 */
import { parseArgs } from "node:util";
import { type Growth, growthOf } from "../bench/growth.js";
import { openGuestShell } from "../bench/guest-shell.js";
import { InstructionMeter } from "../bench/instruction-meter.js";
import { GUEST_VARIABLES, PULL } from "../bench/lines.js";
import { NOTHING_LEFT, type Sample, takeSample } from "../bench/soak-sample.js";
import { type Headless, openHeadless } from "../headless.js";

const { values } = parseArgs({ options: { runs: { type: "string", default: "1000" } } });
const runs = Number(values.runs);
const BATCH = Math.min(100, Math.max(1, Math.floor(runs / 20)));
/** The guest's compiled code and both kernels' caches settle first. */
const SETTLE = Math.min(100, Math.floor(runs / 4));

function containers(count: number): string {
  return `for (( run = 0; run < ${count}; run++ )); do docker run --rm busybox true || break; done; (( run == ${count} ))`;
}

/** The samples after each batch, the settling one first. */
async function soak(headless: Headless): Promise<Sample[]> {
  const shell = await openGuestShell(headless.machine);
  const meter = await InstructionMeter.open({
    run: (line) => shell.run(line),
    instructions: () => headless.machine.figures().instructions,
  });
  const samples: Sample[] = [];
  const batch = async (count: number, done: number) => {
    const perRun = (await meter.countOnce(containers(count))) / count / 1e6;
    samples.push({ containers: done, ...(await takeSample(headless, shell)), "Mi a run": perRun });
    console.log(lineOf(samples.at(-1)!));
  };
  await shell.run(GUEST_VARIABLES);
  await shell.run(PULL);
  await batch(SETTLE, 0);
  for (let done = 0; done < runs; done += BATCH) {
    const count = Math.min(BATCH, runs - done);
    await batch(count, done + count);
  }
  return samples;
}

function lineOf(sample: Sample): string {
  return Object.entries(sample)
    .map(([name, value]) => `${name} ${Number.isInteger(value) ? value : value.toFixed(2)}`)
    .join(", ");
}

function printVerdict(samples: Sample[]): void {
  const names = Object.keys(samples[0]!).filter((name) => name !== "containers");
  const growths = names.map((name) => [name, growthOf(samples.map((sample) => sample[name]!))] as const);
  console.log("\nMedians of the first and the last quarter:");
  console.table(Object.fromEntries(growths.map(([name, growth]) => [name, rowOf(growth)])));
  const grown = growths.filter(([, { grew }]) => grew).map(([name]) => name);
  console.log(grown.length > 0 ? `Grew beyond noise: ${grown.join(", ")}` : "Nothing grew beyond noise.");
}

function rowOf({ grew, ...numbers }: Growth): Record<string, string> {
  const rounded = Object.entries(numbers).map(([name, value]) => [name, value.toFixed(2)]);
  return { ...Object.fromEntries(rounded), grew: grew ? "yes" : "" };
}

const headless = await openHeadless();
try {
  const samples = await soak(headless);
  printVerdict(samples);
  const left = NOTHING_LEFT.filter((name) => samples.at(-1)![name]! > samples[0]![name]!);
  console.log(left.length > 0 ? `Left behind: ${left.join(", ")}` : "Nothing was left behind.");
  process.exitCode = left.length > 0 ? 1 : 0;
} finally {
  headless.dispose();
}
