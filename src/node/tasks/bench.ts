/**
 * `npm run bench`: times with their spread. `-- --runs N`, `-- --no-peer`, `-- --no-page`, `-- --no-machine`. With
 * `-- --instructions` guest instructions instead, which hold on a busy machine too; with `-- --first` the first of each
 * kind after a restore; with `-- --session` an hour's session, compressed. `-- --beside COMMIT` measures that commit in
 * turn.
 */
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Disposable } from "../../shared/disposable.js";
import { type CommitTree, commitTree } from "../bench/commit-tree.js";
import { type Figure, printFigures } from "../bench/figure.js";
import { firstFigures } from "../bench/first-figures.js";
import { instructionFigures, type Machines } from "../bench/instruction-figures.js";
import { GUEST_VARIABLES } from "../bench/lines.js";
import { machineFigures, type Shells } from "../bench/machine-figures.js";
import { MachineProcess } from "../bench/machine-process.js";
import { pageFigures, type Visitors } from "../bench/page-figures.js";
import { startPeer } from "../bench/peer.js";
import { serveTree } from "../bench/served-tree.js";
import { sessionFigures } from "../bench/session-figures.js";
import { visit } from "../bench/visit.js";
import { Wire } from "../bench/wire.js";
import { projectDir } from "../paths.js";
import { prepare } from "../prepare.js";
import { printSteps } from "../steps.js";

const { values } = parseArgs({
  options: {
    runs: { type: "string" },
    "no-peer": { type: "boolean", default: false },
    "no-page": { type: "boolean", default: false },
    "no-machine": { type: "boolean", default: false },
    instructions: { type: "boolean", default: false },
    first: { type: "boolean", default: false },
    session: { type: "boolean", default: false },
    beside: { type: "string" },
  },
});
const runs = Number(values.runs ?? (values.instructions ? 20 : 7));
const opened: Disposable[] = [];

const { registry, vmImage } = await prepare({ onStep: printSteps((line) => console.log(line)) });
const context = bigFileProject();

/** The project without its registry name, so that all build the same. */
function bigFileProject(): string {
  const folder = mkdtempSync(join(tmpdir(), "drydock-bench-"));
  opened.push({ dispose: () => rmSync(folder, { recursive: true }) });
  cpSync(join(projectDir, "public/projects/bigfile/Dockerfile"), join(folder, "Dockerfile"));
  cpSync(join(vmImage, "hello"), join(folder, "hello"));
  return folder;
}

async function openMachine(tree: string): Promise<MachineProcess> {
  const machine = await MachineProcess.open(tree, context);
  opened.push(machine);
  await machine.run(GUEST_VARIABLES);
  return machine;
}

async function openMachines(): Promise<Machines> {
  const machines: Machines = new Map();
  for (const { name, folder } of await trees()) machines.set(name, await openMachine(folder));
  return machines;
}

async function openPages(): Promise<Visitors> {
  const pages: Visitors = new Map();
  for (const { name, folder } of await trees()) {
    const served = await serveTree(folder);
    const wire = await Wire.open(served.port);
    opened.push(served, wire);
    pages.set(name, (profile) => visit(profile, wire));
  }
  return pages;
}

/** Of this checkout first. */
async function trees(): Promise<CommitTree[]> {
  const ours = { name: "ours", folder: projectDir };
  return values.beside === undefined ? [ours] : [ours, await commitTree(values.beside)];
}

async function openPeer(): Promise<Shells> {
  const peer = values["no-peer"] ? "not asked for" : await startPeer(registry, context);
  if (typeof peer === "string") {
    console.log(`no dockerd beside: ${peer}`);
    return new Map();
  }
  opened.push(peer);
  return new Map([["dockerd", peer.shell]]);
}

async function figures(): Promise<Figure[]> {
  if (values.instructions) return instructionFigures(await openMachines(), runs);
  if (values.first) return firstFigures(() => openMachine(projectDir), runs);
  if (values.session) return sessionFigures(await openMachine(projectDir));
  const page = values["no-page"] ? [] : await pageFigures(await openPages(), runs);
  if (values["no-machine"]) return page;
  const [ours, ...others] = await openMachines();
  return [...page, ...(await machineFigures(new Map([ours!, ...(await openPeer()), ...others]), runs))];
}

try {
  const lines = printFigures(await figures());
  console.log(`\nNode ${process.versions.node}, ${cpus().length} × ${cpus()[0]?.model ?? "unknown processor"}\n`);
  for (const line of lines) console.log(line);
} finally {
  for (const resource of opened.reverse()) resource.dispose();
}
