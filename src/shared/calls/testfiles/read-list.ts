/** Reads an encoded list of calls back into something that a test can compare, and a fake can follow. */
import { errnoName } from "../../linux/errno.js";
import { I386_SYSCALLS } from "../../linux/i386-syscalls.js";
import { decodePath } from "../../text/path-bytes.js";
import {
  ANY_ERROR,
  CALL_BYTES,
  HeaderWord,
  LIST_MAGIC,
  LOAD,
  NEEDS_SOMETHING,
  NOWHERE,
  Slot,
  SPAWN,
  STORE,
} from "../list-format.js";

export interface ReadCall {
  index: number;
  /** Where it is in the list. */
  offset: number;
  /** The system call's; `store`, `load` and `spawn` for what is none. */
  name: string;
  /**
   * Numbers are signed. A pointer is the text that it leads to where that is printable (an empty text also stands for
   * a structure that begins with 0), an array of texts in execve and execveat, `report`, otherwise its offset in the list. A slot's
   * value is `$` and the slot's name or number. `spawn` has its flags and the call at which the parent goes on, `store`
   * the offset of what it changes and the value, `load` the offset of what it reads.
   */
  args: (number | string | string[])[];
  /** Takes the result. */
  slot?: number;
  /** Calls that may follow: after success, and after one of the errors `allowed` (`any` for all of them). */
  next: number;
  otherwise: number;
  allowed: string[];
  needsSomething: boolean;
}

const numbers = new Map([...I386_SYSCALLS].map(([name, number]) => [number, name]));
const pseudoNames = new Map([
  [STORE, "store"],
  [SPAWN, "spawn"],
  [LOAD, "load"],
]);
const slotNames = new Map(Object.entries(Slot).map(([name, slot]) => [slot as number, name]));
/** At which argument their arrays of texts begin. */
const EXECS = new Map([
  [I386_SYSCALLS.get("execve"), 1],
  [I386_SYSCALLS.get("execveat"), 2],
]);
const [IMMEDIATE, POINTER] = [0, 1];

/** @throws {RangeError} when it is none. */
export function readList(list: Uint8Array): ReadCall[] {
  const view = viewOf(list);
  if (list.length < 32 || headerOf(view, "magic") !== LIST_MAGIC) throw new RangeError("no list of calls");
  const calls: ReadCall[] = [];
  let at = headerOf(view, "firstCall");
  for (let index = 0; index < headerOf(view, "calls"); index++) {
    calls.push(readCall(list, at, index));
    at += CALL_BYTES + 4 * view.getUint8(at + 2);
  }
  return calls;
}

/** As a line: the name, then the arguments. */
export function callText({ name, args }: ReadCall): string {
  return [name, ...args.map((arg) => (Array.isArray(arg) ? `[${arg.join(" ")}]` : arg))].join(" ");
}

/** The call at which a failed child goes on; undefined for none. */
export function childFailureOf(list: Uint8Array): number | undefined {
  return headerOf(viewOf(list), "childFailure") || undefined;
}

/** 32-bit words of a structure in the list, unsigned. */
export function wordsAt(list: Uint8Array, offset: number, count: number): number[] {
  return Array.from({ length: count }, (_, word) => viewOf(list).getUint32(offset + 4 * word, true));
}

function readCall(list: Uint8Array, at: number, index: number): ReadCall {
  const view = viewOf(list);
  const number = view.getUint16(at, true);
  const kinds = view.getUint16(at + 4, true);
  const slot = view.getUint8(at + 3);
  const args = Array.from({ length: view.getUint8(at + 2) }, (_, position) => {
    const value = view.getUint32(at + CALL_BYTES + 4 * position, true);
    const kind = (kinds >> (2 * position)) & 3;
    return kind === POINTER
      ? pointedAt(list, number, position, value)
      : kind === IMMEDIATE
        ? value | 0
        : slotText(value);
  });
  return {
    index,
    offset: at,
    name: pseudoNames.get(number) ?? numbers.get(number) ?? `syscall ${number}`,
    args,
    ...(slot !== NOWHERE && { slot }),
    next: view.getUint16(at + 6, true),
    otherwise: view.getUint16(at + 8, true),
    allowed: errorsOf(view.getUint32(at + 12, true)),
    needsSomething: (kinds & NEEDS_SOMETHING) !== 0,
  };
}

function pointedAt(list: Uint8Array, number: number, position: number, offset: number): number | string | string[] {
  if (offset === headerOf(viewOf(list), "report")) return "report";
  if (number === STORE || number === LOAD) return offset;
  if (number === SPAWN) return flagsAt(list, offset);
  if (position >= (EXECS.get(number) ?? Infinity)) return textsAt(list, offset);
  return textAt(list, offset) ?? offset;
}

/** The 64 bits at the beginning of struct clone_args. */
function flagsAt(list: Uint8Array, offset: number): number {
  const [low = 0, high = 0] = wordsAt(list, offset, 2);
  return low + high * 2 ** 32;
}

function textsAt(list: Uint8Array, offset: number): string[] {
  const texts: string[] = [];
  for (let at = offset; ; at += 4) {
    const [word = 0] = wordsAt(list, at, 1);
    if (word === 0) return texts;
    texts.push(decodePath(list.subarray(word, list.indexOf(0, word))));
  }
}

/** Undefined when it is no printable text. */
function textAt(list: Uint8Array, offset: number): string | undefined {
  const end = list.indexOf(0, offset);
  if (end < 0) return undefined;
  const text = decodePath(list.subarray(offset, end));
  return /^[^\p{Cs}\p{Cc}]*$/u.test(text.replace(/[\n\t]/g, "")) ? text : undefined;
}

function slotText(slot: number): string {
  return `$${slotNames.get(slot) ?? slot}`.replace("$free", `$${Slot.free}`);
}

function errorsOf(allowed: number): string[] {
  const bytes = [0, 8, 16, 24].map((shift) => (allowed >>> shift) & 0xff).filter((byte) => byte !== 0);
  return bytes.map((byte) => (byte === ANY_ERROR ? "any" : errnoName(byte)));
}

function headerOf(view: DataView, word: keyof typeof HeaderWord): number {
  return view.getUint32(4 * HeaderWord[word], true);
}

function viewOf(list: Uint8Array): DataView {
  return new DataView(list.buffer, list.byteOffset, list.length);
}
