/**
 * Holds one machine for the benchmark: `machine-child.ts TREE CONTEXT`, forked. The machine is made by the code of
 * TREE, a checkout of any commit since there is a `src/node/headless.ts`, with the files of CONTEXT as its workspace.
 * So nothing of the tree is relied on but its `openHeadless` and its agent's channel; v86 is counted from outside.
 */
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { InstructionCount } from "../../machine/instruction-count.js";
import type { Machine } from "../../machine/machine.js";
import { readDirectory } from "../mounted-directory.js";
import { printSteps } from "../steps.js";
import { openGuestShell } from "./guest-shell.js";
import { InstructionMeter } from "./instruction-meter.js";
import type { MachineReply, MachineRequest } from "./machine-messages.js";
import type { TimedShell } from "./timed-shell.js";

interface CountedV86 {
  add_listener(...args: unknown[]): void;
  get_instruction_counter(): number;
}

/** v86's 32 bits come round within half a minute. */
const SAMPLE_MS = 1000;

const [tree, context] = process.argv.slice(2) as [string, string];
const reply = (message: MachineReply) => void process.send!(message);

/** The v86 that `tree` uses tells which of its machines was listened to last. */
async function watchV86(): Promise<() => CountedV86> {
  const path = createRequire(join(tree, "src/node/headless.ts")).resolve("v86");
  const { prototype } = (await import(pathToFileURL(path).href)).V86 as { prototype: CountedV86 };
  const listen = prototype.add_listener;
  let latest: CountedV86 | undefined;
  prototype.add_listener = function (this: CountedV86, ...args) {
    latest = this;
    listen.apply(this, args);
  };
  return () => {
    if (!latest) throw new Error(`${tree}: its machine uses another v86`);
    return latest;
  };
}

async function openMachine(): Promise<{ machine: Machine; shell: TimedShell; instructions: () => number }> {
  const v86 = await watchV86();
  const headless: typeof import("../headless.js") = await import(
    pathToFileURL(join(tree, "src/node/headless.ts")).href
  );
  const { machine } = await headless.openHeadless({
    workspace: readDirectory(context),
    onStep: printSteps((line) => console.log(line)),
  });
  const count = new InstructionCount(() => v86().get_instruction_counter());
  setInterval(() => count.sample(), SAMPLE_MS).unref();
  return { machine, shell: await openGuestShell(machine), instructions: () => count.sample() };
}

const { machine, shell, instructions } = await openMachine();
const meter = await InstructionMeter.open({ run: (line) => shell.run(line), instructions });

/** Answers when the guest is quiet, so that it takes nothing from the next one's turn. */
async function answer(request: MachineRequest): Promise<MachineReply> {
  if ("count" in request) return { counts: await meter.count(request.count, request.runs) };
  if ("compiled" in request) return { compiled: machine.figures().compiled };
  const timing = await shell.run(request.run);
  await meter.untilQuiet();
  return { timing };
}

process.on("disconnect", () => process.exit());
process.on("message", (request: MachineRequest) => {
  answer(request).then(reply, (error: Error) => reply({ error: error.message }));
});
reply({ ready: true });
