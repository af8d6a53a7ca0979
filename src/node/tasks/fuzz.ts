/** `npm run fuzz`: random input for what reads bytes from outside. `-- --seeds N --from M --only NAME`. */
import { parseArgs } from "node:util";
import { fuzzOne as fuzzNineP } from "../../machine/ninep/server.fuzz.js";
import { fuzzOne as fuzzFrames } from "../../protocol/frame-codec.fuzz.js";
import { fuzzOne as fuzzTar } from "../../shared/tar/read-tar.fuzz.js";
import { type FuzzTarget, fuzzSeeds } from "../../shared/testfiles/fuzz-seeds.js";
import { seconds } from "../steps.js";

const targets: Record<string, FuzzTarget> = { frames: fuzzFrames, ninep: fuzzNineP, tar: fuzzTar };

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "5000" },
    from: { type: "string", default: "1" },
    only: { type: "string" },
  },
});
const [from, count] = [Number(values.from), Number(values.seeds)];
if (!Number.isSafeInteger(from) || !Number.isSafeInteger(count))
  throw new Error("--from and --seeds are whole numbers");
if (values.only && !targets[values.only]) throw new Error(`--only is one of ${Object.keys(targets).join(", ")}`);

for (const [name, target] of Object.entries(targets)) {
  if (values.only && values.only !== name) continue;
  const started = performance.now();
  try {
    fuzzSeeds(target, from, count);
    console.log(`${name}: seeds ${from} to ${from + count - 1} passed, ${seconds(performance.now() - started)}`);
  } catch (error) {
    console.error(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  }
}
