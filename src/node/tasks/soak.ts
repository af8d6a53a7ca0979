/** Containers one after another, and what they leave behind: `node src/node/bootstrap.mjs soak -- --runs 1000`. */
import { parseArgs } from "node:util";
import { Capture } from "../capture.js";
import { runInGuest } from "../guest-script.js";
import { type Headless, openHeadless } from "../headless.js";

const { values } = parseArgs({ options: { runs: { type: "string", default: "1000" } } });
const runs = Number(values.runs);
/** The guest's compiled code and both kernels' caches settle first. */
const SETTLE = Math.min(100, Math.floor(runs / 4));
const SAMPLES = 10;

async function docker({ machine }: Headless, ...args: string[]): Promise<void> {
  const [stdout, stderr] = [new Capture(), new Capture()];
  const status = await runInGuest(machine, ["docker", ...args], { stdout, stderr });
  if (status !== 0) throw new Error(`docker ${args.join(" ")}: exit status ${status}: ${stderr.text}`);
}

/** Bytes and counts after caches were dropped, on both sides. */
async function sample({ machine }: Headless): Promise<Record<string, number>> {
  const nowhere = { stdout: new Capture(), stderr: new Capture() };
  await runInGuest(machine, ["/bin/sh", "-c", "sync; echo 3 > /proc/sys/vm/drop_caches"], nowhere);
  (globalThis as { gc?: () => void }).gc?.();
  const memory = await machine.agent.call("machine.memory", {});
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return {
    "guest used MB": (memory.totalBytes - memory.freeBytes) / 1e6,
    "guest slab MB": memory.slabBytes / 1e6,
    "page heap MB": heapUsed / 1e6,
    "page buffers MB": arrayBuffers / 1e6,
    "disk MB": machine.figures().diskBytes / 1e6,
    fids: machine.figures().fids,
    streams: machine.figures().streams,
  };
}

const headless = await openHeadless();
try {
  await docker(headless, "pull", "-q", "busybox");
  for (let run = 0; run < SETTLE; run++) await docker(headless, "run", "--rm", "busybox", "true");
  const rows: Record<string, string>[] = [];
  for (let run = 0; run <= runs; run++) {
    if (run % Math.ceil(runs / SAMPLES) === 0) {
      const figures = Object.entries(await sample(headless));
      rows.push({
        containers: String(run),
        ...Object.fromEntries(figures.map(([name, value]) => [name, value.toFixed(1)])),
      });
      console.log(JSON.stringify(rows.at(-1)));
    }
    if (run < runs) await docker(headless, "run", "--rm", "busybox", "true");
  }
  console.table(rows);
} finally {
  headless.dispose();
}
