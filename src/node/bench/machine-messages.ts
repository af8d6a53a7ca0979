/** What the benchmark and the process that holds a machine say to each other, one request at a time. */
import type { MachineFigures } from "../../machine/machine.js";
import type { Timing } from "./timed-shell.js";

export type MachineRequest = { run: string } | { count: string; runs: number } | { compiled: true };

/** The first reply comes unasked: the machine is there. */
export type MachineReply =
  | { ready: true }
  | { timing: Timing }
  | { counts: number[] }
  | { compiled: MachineFigures["compiled"] }
  | { error: string };
