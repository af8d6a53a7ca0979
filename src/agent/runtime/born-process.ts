/** A process that a list of calls has made, from its birth to the end of its output. */
import type { Params } from "../../protocol/commands.js";
import { reportOf, Slot, slotsOf, withReport } from "../../shared/calls/list-format.js";
import { reachNext, stoppedAt } from "../../shared/calls/report.js";
import { type IoContext, ProcessIo } from "../stdio/process-io.js";
import type { ExitStatus, Fd, Pid, System } from "../system/system.js";
import { clearUp } from "./clear-up.js";
import { Link } from "./link.js";

export interface BirthContext {
  system: System;
  io: IoContext;
  /** The agent's own, open. */
  ownPidNamespace: Fd;
  ownNetwork: Fd;
}

export type BirthParams = Pick<Params<"container.create">, "calls" | "stdio" | "terminal" | "waits" | "tells">;

/** What the list finds in its slots, besides the process's descriptors. */
export type Given = Partial<Record<"cgroup" | "network" | "init", Fd>>;

/** The list as it was carried out, and the process, where it made one that went on. */
export interface Birth {
  list: Uint8Array;
  process: BornProcess | undefined;
}

export class BornProcess {
  /** It never got to its program: what its end says is not the program's. */
  failed = false;
  #exit: ExitStatus | undefined;

  constructor(
    readonly pid: Pid,
    /** Until it has ended. */
    readonly pidfd: Fd,
    readonly exited: Promise<ExitStatus>,
    readonly io: ProcessIo,
    /** Of a process that waits to go on. */
    readonly link: Link | undefined,
  ) {
    void exited.then((status) => {
      this.#exit = status;
    });
  }

  /** Undefined while it runs. */
  get exit(): ExitStatus | undefined {
    return this.#exit;
  }

  /** Resolves when the process has ended and its output has been passed on. */
  async finish(): Promise<void> {
    await this.exited;
    await this.io.finish();
  }
}

/** @throws {Failure} not-found for a session that is gone; {RangeError} for what is no list. */
export async function giveBirth(context: BirthContext, params: BirthParams, given: Given): Promise<Birth> {
  const { system } = context;
  const list = withReport(params.calls);
  const io = new ProcessIo(context.io, params.stdio, params.terminal);
  const link = params.waits || params.tells || params.terminal ? new Link(system) : undefined;
  try {
    fillSlots(list, { ...given, ...own(context) }, io, link);
    system.carryOut(list);
    clearUp(system, list);
    link?.closeTheirs();
    io.closeChildEnds();
    return await outcome(system, list, params, io, link);
  } catch (error) {
    link?.close();
    io.dispose();
    throw error;
  }
}

function own({ ownPidNamespace, ownNetwork }: BirthContext) {
  return { ownPidNamespace, ownNetwork };
}

function fillSlots(list: Uint8Array, given: Partial<Record<keyof typeof Slot, Fd>>, io: ProcessIo, link?: Link): void {
  const slots = slotsOf(list);
  const [stdin, stdout, stderr] = io.childEnds ?? [];
  const values = { stdin, stdout, stderr, link: link?.theirs, ...given };
  for (const [name, fd] of Object.entries(values)) if (fd !== undefined) slots[Slot[name as keyof typeof Slot]] = fd;
}

async function outcome(
  system: System,
  list: Uint8Array,
  { terminal, waits = false, tells = false }: BirthParams,
  io: ProcessIo,
  link: Link | undefined,
): Promise<Birth> {
  const pid = slotsOf(list)[Slot.pid]!;
  if (pid <= 0) {
    link?.close();
    io.dispose();
    return { list, process: undefined };
  }
  const pidfd = slotsOf(list)[Slot.pidfd]!;
  const process = new BornProcess(pid, pidfd, watchExit(system, pid, pidfd), io, waits ? link : undefined);
  const report = reportOf(list);
  if (tells) await follow(link!, io, report, Infinity);
  else if (waits && !(await follow(link!, io, report, 1))) process.failed = true;
  else if (!waits) takeTerminal(link, io, terminal);
  if (!waits) link?.close();
  // Without its terminal it has not come far enough to have output, or an end of its own.
  const complete = !terminal || io.hasTerminal;
  const ready = !process.failed && complete && stoppedAt(report) === undefined;
  if (ready && tells) reachNext(report, system.monotonicMicros());
  if (ready) return { list, process };
  process.failed = true;
  await process.exited;
  link?.close();
  io.dispose();
  return { list, process: undefined };
}

/** Of a process that is past its exec already. */
function takeTerminal(link: Link | undefined, io: ProcessIo, terminal: boolean): void {
  const master = terminal ? link!.take()?.fds[0] : undefined;
  if (master !== undefined) io.attachTerminal(master);
}

/**
 * Takes the terminal's master, and at most so many reports, of which the last one counts. A process that tells has
 * closed its end when it execs; one that was killed before has, too, and its end says so.
 * @returns whether there was a report.
 */
async function follow(link: Link, io: ProcessIo, report: Uint8Array, reports: number): Promise<boolean> {
  let seen = 0;
  while (seen < reports) {
    const message = await link.receive();
    if (!message) break;
    const [master] = message.fds;
    if (master !== undefined) io.attachTerminal(master);
    else {
      report.set(message.bytes.subarray(0, report.length));
      seen++;
    }
  }
  return seen > 0;
}

/** Resolves when `pid`, a child of the agent, has ended and been reaped; `pidfd` is closed then. */
export function watchExit(system: System, pid: Pid, pidfd: Fd): Promise<ExitStatus> {
  return new Promise((resolve) => {
    system.onReadable(pidfd, () => {
      const status = system.waitpid(pid);
      if (!status) return;
      system.onReadable(pidfd, null);
      system.close(pidfd);
      resolve(status);
    });
  });
}
