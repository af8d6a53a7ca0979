/**
 * A list of system calls as bytes: composed in TypeScript, carried out by the native `linux.carryOut`
 * (vm-images/native/linux/calls.c), which knows no more than this page.
 *
 * All numbers are little-endian; offsets are from the start of the list.
 *
 *     header    8 × u32   magic, calls, offset of the calls, offset and number of the pointers, the call at which a
 *                         failed child goes on (0: none), offset of the report, size of the whole
 *              128 × i32  slots: numbers from outside and results of calls, to be arguments of later calls
 *     calls     u16 number, u8 arguments, u8 slot for the result (0xff: none), u16 kinds of the arguments (two bits
 *               each; bit 12: a result of 0 is a failure), u16 next call, u16 next call after an allowed failure,
 *               u16 0, u32 allowed error numbers (a byte each; 0xff: any), then the arguments, u32 each
 *     data      what arguments point to
 *     pointers  u32 each: where in the data an offset stands that must become an address
 *     report    i32 call that stopped the list, -1 for none; u64 microseconds on the monotonic clock when it began;
 *               then for each call i32 result (negative: error number), u32 microseconds from the beginning to the
 *               call (0xffffffff: not reached), u32 nanoseconds that it took
 *
 * A call leads to its next call, always forward. STORE writes a slot into the data. LOAD's result is 32 bits of the
 * data: a number that a call has put there, or the error that an answer tells. SPAWN (clone_args, next call of
 * the parent) makes a process that goes on at the call after it, on a stack of its own, and ends with 127 at the
 * list's end. A call that fails without leave ends the list; in a child it leads once to the header's call for that.
 *
 * The report is not sent with a list: whoever carries it out adds it.
 */
export const LIST_MAGIC = 0x4c4c4143;
export const SLOT_COUNT = 128;
export const HEADER_WORDS = 8;
export const HEADER_BYTES = 4 * (HEADER_WORDS + SLOT_COUNT);
export const CALL_BYTES = 16;
export const REPORT_HEAD_BYTES = 12;
export const RESULT_BYTES = 12;
export const NOWHERE = 0xff;
export const ANY_ERROR = 0xff;
export const NOT_REACHED = 0xffffffff;
export const NEEDS_SOMETHING = 1 << 12;

/** Words of the header. */
export const HeaderWord = {
  magic: 0,
  calls: 1,
  firstCall: 2,
  pointers: 3,
  pointerCount: 4,
  childFailure: 5,
  report: 6,
  size: 7,
} as const;

/** Calls that are no system calls. */
export const STORE = 0xff00;
export const SPAWN = 0xff01;
export const LOAD = 0xff02;

/** What a slot is for, where both who composes a list and who carries it out must know. -1: nothing is there. */
export const Slot = {
  /** The child's ends of its standard descriptors. */
  stdin: 0,
  stdout: 1,
  stderr: 2,
  /** Out: the process that SPAWN made, and its pidfd. */
  pid: 3,
  pidfd: 4,
  /** The directory of the cgroup: in where it is there already, else out. */
  cgroup: 5,
  /** A socket whose other end the agent reads: a terminal's master, a report, a word to go on. */
  link: 6,
  /** A network namespace made ahead. */
  network: 7,
  /** The agent's own pid namespace. */
  ownPidNamespace: 8,
  /** pidfd of a container's first process, to be joined. */
  init: 9,
  /** Out: the namespace that the agent has joined for its child, to be closed by it. */
  joined: 10,
  /** Out: what the agent has opened to write to or to attach and, where the list ended before, not closed; else 0. */
  opened: 11,
  /** The agent's own network namespace. */
  ownNetwork: 12,
  /** Out: the socket at which the agent answers a container's questions for names; -1 where it has none. */
  names: 13,
  /** From here on the list's own. */
  free: 14,
} as const;

/** A list with room for its report. @throws {RangeError} when it is none. */
export function withReport(sent: Uint8Array): Uint8Array {
  const size =
    sent.length < HEADER_BYTES ? 0 : new DataView(sent.buffer, sent.byteOffset).getUint32(4 * HeaderWord.size, true);
  if (size < sent.length || size > 4 * 2 ** 20)
    throw new RangeError(`a list of calls of ${sent.length} bytes says ${size}`);
  const list = new Uint8Array(size);
  list.set(sent);
  return list;
}

/** The list's slots, as a view. */
export function slotsOf(list: Uint8Array): Int32Array {
  return new Int32Array(list.buffer, list.byteOffset + 4 * HEADER_WORDS, SLOT_COUNT);
}

/** The list's report, as a view. */
export function reportOf(list: Uint8Array): Uint8Array {
  return list.subarray(new DataView(list.buffer, list.byteOffset).getUint32(4 * HeaderWord.report, true));
}
