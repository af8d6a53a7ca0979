/** Figures of the machine in Node, each run in turn with the peer's. */
import type { WorkspaceSeed } from "../../machine/machine.js";
import { Capture } from "../capture.js";
import { runInGuest } from "../guest-script.js";
import { type Headless, openHeadless } from "../headless.js";
import type { Figure } from "./figure.js";
import { PEER_IMAGE, type Peer } from "./peer.js";

interface Work {
  name: string;
  ours: string[];
  theirs: string[];
  /** Before each run, not timed. */
  before?: { ours: string[]; theirs: string[] };
}

/** v86 compiles the guest's code as it runs: after so many containers, times stay where they are. */
const WARM_UP_RUNS = 40;

const RUN = ["run", "--rm", "--network", "none", "busybox", "true"];

/** The two-layer project without its registry name, so that both build the same. */
function works(context: string): Work[] {
  return [
    { name: "docker run --rm busybox true, warm", ours: RUN, theirs: RUN },
    { name: "docker ps", ours: ["ps"], theirs: ["ps"] },
    {
      name: "BigFile build, uncached",
      ours: ["build", "--no-cache", "-q", "-t", "big", "."],
      theirs: ["build", "--no-cache", "-q", "-t", "big", context],
    },
    {
      name: "BigFile build, cached",
      ours: ["build", "-q", "-t", "big", "."],
      theirs: ["build", "-q", "-t", "big", context],
    },
    {
      name: "docker pull busybox",
      before: { ours: ["rmi", "-f", "big", "busybox"], theirs: ["rmi", "-f", "big", "busybox", PEER_IMAGE] },
      ours: ["pull", "-q", "busybox"],
      theirs: ["pull", "-q", PEER_IMAGE],
    },
  ];
}

/** @param context folder of the BigFile project, the same files as `workspace`. */
export async function machineFigures(options: {
  workspace: WorkspaceSeed[];
  context: string;
  runs: number;
  peer?: Peer;
}): Promise<Figure[]> {
  const headless = await openHeadless({ workspace: options.workspace });
  try {
    await timeDocker(headless, ["pull", "-q", "busybox"]);
    const first: Figure = {
      name: "docker run --rm busybox true, first after restore",
      unit: "ms",
      values: [await timeDocker(headless, RUN)],
      peer: options.peer && [options.peer.time(RUN)],
    };
    const settling: Figure = { name: "docker run --rm busybox true, runs 2 to 41", unit: "ms", values: [] };
    for (let run = 0; run < WARM_UP_RUNS; run++) settling.values.push(await timeDocker(headless, RUN));
    const figures = [first, settling];
    for (const work of works(options.context)) figures.push(await measure(headless, work, options.runs, options.peer));
    return figures;
  } finally {
    headless.dispose();
  }
}

async function measure(headless: Headless, work: Work, runs: number, peer: Peer | undefined): Promise<Figure> {
  const figure: Figure = { name: work.name, unit: "ms", values: [], peer: peer && [] };
  for (let run = 0; run < runs; run++) {
    if (work.before) {
      await timeDocker(headless, work.before.ours);
      peer?.time(work.before.theirs);
    }
    figure.values.push(await timeDocker(headless, work.ours));
    if (peer) figure.peer!.push(peer.time(work.theirs));
  }
  return figure;
}

/** A `docker` process in the guest, from its start to its end: what the peer's client process is timed as. */
async function timeDocker({ machine }: Headless, args: string[]): Promise<number> {
  const stdout = new Capture();
  const stderr = new Capture();
  const started = performance.now();
  const exitCode = await runInGuest(machine, ["docker", ...args], { stdout, stderr });
  const ms = performance.now() - started;
  if (exitCode !== 0) throw new Error(`docker ${args.join(" ")}: exit status ${exitCode}: ${stderr.text}`);
  return ms;
}
