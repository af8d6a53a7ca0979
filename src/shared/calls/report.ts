/** What became of a list of calls: its report, told in the words of the list. */
import { errnoName } from "../linux/errno.js";
import type { Call, CallFailure, CallList } from "./call-list.js";
import { NOT_REACHED, REPORT_HEAD_BYTES, RESULT_BYTES, SPAWN } from "./list-format.js";

/** One system call that was made. Structurally a KernelStep of the protocol. */
export interface CallStep {
  call: string;
  detail: string;
  /** Microseconds on the guest's monotonic clock, and how long it took. */
  startMicros: number;
  durationMicros: number;
  /** Name such as `ENOENT`, if it failed. */
  error?: string;
}

export interface StoppedCall extends CallFailure {
  /** Position in the list. */
  index: number;
  errno: string;
  call: string;
}

export interface Result {
  /** Undefined for a call that was not reached. */
  value: number | undefined;
  startMicros: number;
  durationMicros: number;
}

/** Reads one result. */
export function resultAt(report: Uint8Array, index: number): Result {
  const view = new DataView(report.buffer, report.byteOffset);
  const at = REPORT_HEAD_BYTES + RESULT_BYTES * index;
  const start = view.getUint32(at + 4, true);
  const began = view.getUint32(8, true) * 2 ** 32 + view.getUint32(4, true);
  return {
    value: start === NOT_REACHED ? undefined : view.getInt32(at, true),
    startMicros: began + start,
    durationMicros: view.getUint32(at + 8, true) / 1000,
  };
}

/**
 * A process that tells sends its report right before it execs, and the agent sees when it has: what comes after the
 * last call that was reached lasted until then, on the guest's monotonic clock.
 */
export function reachNext(report: Uint8Array, nowMicros: number): void {
  const view = new DataView(report.buffer, report.byteOffset, report.byteLength);
  let last = Math.floor((report.length - REPORT_HEAD_BYTES) / RESULT_BYTES) - 1;
  const startOf = (index: number) => view.getUint32(REPORT_HEAD_BYTES + RESULT_BYTES * index + 4, true);
  while (last >= 0 && startOf(last) === NOT_REACHED) last--;
  const at = REPORT_HEAD_BYTES + RESULT_BYTES * (last + 1);
  if (last < 0 || at >= report.length) return;
  const began = view.getUint32(8, true) * 2 ** 32 + view.getUint32(4, true);
  const { startMicros, durationMicros } = resultAt(report, last);
  const start = Math.ceil(startMicros - began + durationMicros);
  view.setInt32(at, 0, true);
  view.setUint32(at + 4, start, true);
  view.setUint32(at + 8, Math.min(0xffffffff, Math.max(0, nowMicros - began - start) * 1000), true);
}

/** The call that ended the list; undefined when none did. */
export function stoppedAt(report: Uint8Array): number | undefined {
  const index = new DataView(report.buffer, report.byteOffset).getInt32(0, true);
  return index < 0 ? undefined : index;
}

/** Steps of the calls that were made, in order. A failure that was allowed for is not told: nothing came of it. */
export function stepsOf({ calls }: CallList, report: Uint8Array): CallStep[] {
  const stopped = stoppedAt(report);
  const times = durations(calls, report);
  return calls.flatMap((call, index) => {
    if (call.options.step === undefined) return [];
    const { value, startMicros } = resultAt(report, index);
    if (value === undefined || (isError(value) && index !== stopped)) return [];
    const step: CallStep = {
      call: nameOf(call),
      detail: call.options.step,
      startMicros,
      durationMicros: times[index]!,
    };
    if (isError(value)) step.error = errnoName(-value);
    return [step];
  });
}

/**
 * A parent that is held up until its child has exec'd sees one long clone3, and nobody sees the end of execve: the
 * first ends where the child's first call begins, the last where the parent goes on. One that is not held up goes on before that.
 */
function durations(calls: readonly Call[], report: Uint8Array): number[] {
  const results = calls.map((_, index) => resultAt(report, index));
  const times = results.map(({ durationMicros }) => durationMicros);
  const spawned = calls.findIndex(({ number }) => number === SPAWN);
  const first = results[spawned + 1];
  if (spawned < 0 || first?.value === undefined) return times;
  const { startMicros, durationMicros } = results[spawned]!;
  const executed = results.findLastIndex(({ value }, index) => calls[index]!.name === "execve" && value === 0);
  times[spawned] = first.startMicros - startMicros;
  const wentOn = startMicros + durationMicros;
  if (executed >= 0 && wentOn > results[executed]!.startMicros)
    times[executed] = wentOn - results[executed]!.startMicros;
  return times;
}

/** Why the list stopped, or could not make its process; undefined when it did all. */
export function failureOf({ calls }: CallList, report: Uint8Array): StoppedCall | undefined {
  const index = stoppedAt(report) ?? calls.findIndex(({ number }, at) => number === SPAWN && failed(report, at));
  const call = calls[index];
  if (!call) return undefined;
  const errno = errnoName(-(resultAt(report, index).value ?? 0));
  const means = call.options.failure?.(errno);
  const message = `${nameOf(call)}${call.options.step ? ` ${call.options.step}` : ""}: ${errno}`;
  return { code: "system", message, ...means, index, errno, call: nameOf(call) };
}

function failed(report: Uint8Array, index: number): boolean {
  const { value } = resultAt(report, index);
  return value !== undefined && isError(value);
}

function nameOf({ name, number, options }: Call): string {
  return options.as ?? (number === SPAWN ? "clone3" : name);
}

function isError(value: number): boolean {
  return value < 0 && value > -4096;
}
