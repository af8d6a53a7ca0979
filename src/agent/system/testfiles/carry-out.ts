/** Lists of calls for round trips: composed, carried out, and read again. */
import { spawn } from "../../../shared/birth/spawn-calls.js";
import { CallList } from "../../../shared/calls/call-list.js";
import { reportOf, Slot, slotsOf, withReport } from "../../../shared/calls/list-format.js";
import { failureOf, resultAt } from "../../../shared/calls/report.js";
import { O_CLOEXEC, O_NOCTTY, O_RDWR, TIOCGPTPEER, TIOCSPTLCK } from "../../../shared/linux/constants.js";
import { watchExit } from "../../runtime/born-process.js";
import type { ExitStatus, Fd, Pid, System } from "../system.js";

export interface Carried {
  list: Uint8Array;
  /** What stopped it, such as `mount: ENOENT`. */
  failure: string | undefined;
  /** Of each call; undefined where it was not reached. */
  results: (number | undefined)[];
  slots: Int32Array;
}

export function carryOut(
  system: System,
  compose: (calls: CallList) => void,
  given: Partial<Record<keyof typeof Slot, Fd>> = {},
): Carried {
  const calls = new CallList();
  compose(calls);
  const list = withReport(calls.encode());
  for (const [name, fd] of Object.entries(given)) slotsOf(list)[Slot[name as keyof typeof Slot]] = fd;
  system.carryOut(list);
  const report = reportOf(list);
  const results = calls.calls.map((_, index) => resultAt(report, index).value);
  return { list, failure: failureOf(calls, report)?.message, results, slots: slotsOf(list) };
}

/** Calls that must all succeed. */
export function must(system: System, compose: (calls: CallList) => void): Carried {
  const carried = carryOut(system, compose);
  if (carried.failure) throw new Error(carried.failure);
  return carried;
}

export interface Child extends Carried {
  pid: Pid;
  ended: Promise<ExitStatus>;
}

export interface SpawnOptions {
  namespaces?: number;
  /** As vfork; otherwise as fork. */
  shared?: boolean;
  link?: Fd;
}

/** A process that makes the calls of `compose`. */
export function spawnChild(
  system: System,
  { namespaces = 0, shared = true, link }: SpawnOptions,
  compose: (calls: CallList) => void,
): Child {
  const carried = carryOut(
    system,
    (calls) => {
      const parent = calls.label();
      spawn(calls, { namespaces, intoCgroup: false, shared }, parent);
      compose(calls);
      calls.here(parent);
    },
    link === undefined ? {} : { link },
  );
  const [pid, pidfd] = [carried.slots[Slot.pid]!, carried.slots[Slot.pidfd]!];
  return { ...carried, pid, ended: watchExit(system, pid, pidfd) };
}

/** Reads a small file into the list's data. @returns where in the list it is then. */
export function readInto(calls: CallList, path: string, bytes: number): () => number {
  const [room, fd] = [calls.room(bytes), calls.slot()];
  calls.call("openat", [-100, calls.text(path), 0, 0], { into: fd });
  calls.call("read", [fd, room, bytes - 1]);
  calls.call("close", [fd]);
  return () => calls.offsetOf(room);
}

/** NUL-terminated text in a list. */
export function textIn(system: System, list: Uint8Array, offset: number): string {
  return system.utf8Decode(list.subarray(offset, list.indexOf(0, offset))).trim();
}

/** Of the terminal whose master this is. */
export function openSlave(system: System, master: Fd): Fd {
  const { results } = must(system, (calls) => {
    calls.call("ioctl", [master, TIOCSPTLCK, calls.words([0])]);
    calls.call("ioctl", [master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC]);
  });
  return results[1]!;
}
