/** Composes a list of system calls: what is called, with what, what may fail, and what is told of it. */
import { errnoNumber } from "../linux/errno.js";
import { I386_SYSCALLS } from "../linux/i386-syscalls.js";
import { encodePath } from "../text/path-bytes.js";
import {
  ANY_ERROR,
  CALL_BYTES,
  HEADER_BYTES,
  HEADER_WORDS,
  LIST_MAGIC,
  LOAD,
  NEEDS_SOMETHING,
  NOWHERE,
  REPORT_HEAD_BYTES,
  RESULT_BYTES,
  SLOT_COUNT,
  Slot,
  SPAWN,
  STORE,
} from "./list-format.js";

/** Something in the list's data, by its offset there. */
export interface Pointer {
  readonly data: number;
}

/** A number that is known only when the list is carried out. */
export interface SlotValue {
  readonly slot: number;
}

/** A place in the list, to be set with `here`; only what comes before may lead to it. */
export interface Label {
  index: number | undefined;
}

/** A number (of 32 bits, signed or not), the address of data, a slot's value; the report so far and its bytes. */
export type Argument = number | Pointer | SlotValue | "report" | "report bytes";

/** A word of a structure: a number, the address of data, the address of a slot. A slot's value is put in with `store`. */
export type Word = number | Pointer | SlotValue;

export interface CallOptions {
  /** Takes the result. */
  into?: SlotValue;
  /** Errors after which the list goes on, at `otherwise` or the next call. */
  allow?: "any" | readonly string[];
  otherwise?: Label;
  /** Where it goes on after success; the next call when left out. */
  next?: Label;
  /** A result of 0 is a failure too, ENODATA: the end of a file. */
  needsSomething?: boolean;
  /** The call is told as a kernel step, with this as its arguments; not told when left out. */
  step?: string;
  /** Its name in the step, where that is not the call's own. */
  as?: string;
  /** What a failure means; `call step: errno` of the code `system` when left out. */
  failure?: (errno: string) => CallFailure;
}

/** Why a list stopped: what the agent's failures are made of. */
export interface CallFailure {
  code: "system" | "not-found" | "no-such-executable" | "not-executable";
  message: string;
}

/** One composed call. */
export interface Call {
  readonly name: string;
  readonly number: number;
  readonly arguments: readonly Argument[];
  readonly options: CallOptions;
}

const SPAWN_NEXT = 1;
const textKey = (text: string) => `t${text}`;

export class CallList {
  readonly calls: Call[] = [];
  #data = new Uint8Array(1024);
  #used = 0;
  readonly #pointers: { at: number; to: Pointer | SlotValue }[] = [];
  readonly #texts = new Map<string, Pointer>();
  #slots: number = Slot.free;
  #childFailure: Label | undefined;

  /** A slot of the list's own. */
  slot(): SlotValue {
    if (this.#slots === SLOT_COUNT) throw new RangeError("a list of calls has no slot left");
    return { slot: this.#slots++ };
  }

  call(name: string, args: readonly Argument[], options: CallOptions = {}): void {
    this.calls.push({ name, number: numberOf(name), arguments: args, options });
  }

  /** Writes a slot's value over the 32 bits at `offset` of `target`. */
  store(value: SlotValue, target: Pointer, offset = 0): void {
    const args = [{ data: target.data + offset }, value];
    this.calls.push({ name: "store", number: STORE, arguments: args, options: {} });
  }

  /** The 32 bits at `offset` of `source`, signed, are its result: an error where they are a negative error number. */
  load(source: Pointer, offset = 0, options: CallOptions = {}): void {
    const args = [{ data: source.data + offset }];
    this.calls.push({ name: "load", number: LOAD, arguments: args, options });
  }

  /** Makes a process of `cloneArgs` (struct clone_args); the calls up to `parent` are the child's. */
  spawn(cloneArgs: Pointer, parent: Label, options: CallOptions = {}): void {
    this.calls.push({
      name: "clone3",
      number: SPAWN,
      arguments: [cloneArgs, 0],
      options: { ...options, next: parent },
    });
  }

  /** Where a child goes on once when one of its calls fails. */
  onChildFailure(label: Label): void {
    this.#childFailure = label;
  }

  label(): Label {
    return { index: undefined };
  }

  here(label: Label): void {
    label.index = this.calls.length;
  }

  /** NUL-terminated, as path-bytes.ts encodes it. Equal texts are the same data, which no call may change. */
  text(text: string): Pointer {
    const known = this.#texts.get(textKey(text));
    if (known) return known;
    const bytes = encodePath(text);
    const pointer = this.room(bytes.length + 1);
    this.#data.set(bytes, pointer.data);
    this.#texts.set(textKey(text), pointer);
    return pointer;
  }

  bytes(bytes: Uint8Array): Pointer {
    const pointer = this.room(bytes.length);
    this.#data.set(bytes, pointer.data);
    return pointer;
  }

  /** A structure of 32-bit words. */
  words(words: readonly Word[]): Pointer {
    const pointer = this.room(4 * words.length);
    const view = new DataView(this.#data.buffer);
    for (const [index, word] of words.entries()) {
      const at = pointer.data + 4 * index;
      view.setUint32(at, typeof word === "number" ? word >>> 0 : 0, true);
      if (typeof word !== "number") this.#pointers.push({ at, to: word });
    }
    return pointer;
  }

  /** A NULL-ended array of texts, as execve wants its two. */
  texts(texts: readonly string[]): Pointer {
    return this.words([...texts.map((text) => this.text(text)), 0]);
  }

  /** Zeros. */
  room(bytes: number): Pointer {
    const start = this.#used;
    this.#used += Math.ceil(bytes / 4) * 4;
    if (this.#used > this.#data.length) {
      const grown = new Uint8Array(Math.max(this.#used, 2 * this.#data.length));
      grown.set(this.#data);
      this.#data = grown;
    }
    return { data: start };
  }

  /** Where in the finished list a piece of its data is. */
  offsetOf({ data }: Pointer): number {
    return this.#dataStart() + data;
  }

  /** Without its report, which whoever carries it out adds. */
  encode(): Uint8Array {
    const data = this.#dataStart();
    const pointers = data + this.#used;
    const report = pointers + 4 * this.#pointers.length;
    const list = new Uint8Array(report);
    const view = new DataView(list.buffer);
    const size = report + REPORT_HEAD_BYTES + RESULT_BYTES * this.calls.length;
    const failure = this.#childFailure ? indexOf(this.#childFailure) : 0;
    const header = [
      LIST_MAGIC,
      this.calls.length,
      HEADER_BYTES,
      pointers,
      this.#pointers.length,
      failure,
      report,
      size,
    ];
    for (const [index, word] of header.entries()) view.setUint32(4 * index, word, true);
    for (let slot = 0; slot < SLOT_COUNT; slot++) view.setInt32(4 * (HEADER_WORDS + slot), -1, true);
    let at = HEADER_BYTES;
    const places = { data, report, size };
    for (const [index, call] of this.calls.entries()) at = writeCall(view, at, call, index, places);
    list.set(this.#data.subarray(0, this.#used), data);
    for (const [index, { at: word, to }] of this.#pointers.entries()) {
      view.setUint32(data + word, "data" in to ? data + to.data : 4 * (HEADER_WORDS + to.slot), true);
      view.setUint32(pointers + 4 * index, data + word, true);
    }
    return list;
  }

  #dataStart(): number {
    return this.calls.reduce((sum, call) => sum + CALL_BYTES + 4 * call.arguments.length, HEADER_BYTES);
  }
}

/** Where the parts of the list are. */
interface Places {
  data: number;
  report: number;
  size: number;
}

function writeCall(view: DataView, at: number, call: Call, index: number, places: Places): number {
  const { options, arguments: args } = call;
  const parent = call.number === SPAWN ? indexOf(options.next!) : 0;
  view.setUint16(at, call.number, true);
  view.setUint8(at + 2, args.length);
  view.setUint8(at + 3, options.into?.slot ?? NOWHERE);
  view.setUint16(at + 4, kindsOf(args) | (options.needsSomething ? NEEDS_SOMETHING : 0), true);
  view.setUint16(at + 6, options.next ? indexOf(options.next) : index + 1, true);
  view.setUint16(at + 8, options.otherwise ? indexOf(options.otherwise) : index + 1, true);
  view.setUint32(at + 12, allowedOf(options.allow), true);
  for (const [position, argument] of args.entries()) {
    const value = call.number === SPAWN && position === SPAWN_NEXT ? parent : wordOf(argument, places);
    view.setUint32(at + CALL_BYTES + 4 * position, value >>> 0, true);
  }
  return at + CALL_BYTES + 4 * args.length;
}

function kindsOf(args: readonly Argument[]): number {
  return args.reduce<number>((kinds, argument, index) => kinds | (kindOf(argument) << (2 * index)), 0);
}

function kindOf(argument: Argument): number {
  if (typeof argument === "number" || argument === "report bytes") return 0;
  return argument === "report" || "data" in argument ? 1 : 2;
}

function wordOf(argument: Argument, { data, report, size }: Places): number {
  if (typeof argument === "number") return argument;
  if (argument === "report") return report;
  if (argument === "report bytes") return size - report;
  return "data" in argument ? data + argument.data : argument.slot;
}

function allowedOf(allow: CallOptions["allow"]): number {
  if (!allow) return 0;
  if (allow === "any") return ANY_ERROR;
  if (allow.length > 4) throw new RangeError(`more than four errors allowed: ${allow.join(" ")}`);
  return allow.reduce((word, name, index) => (word | (errnoNumber(name) << (8 * index))) >>> 0, 0);
}

function numberOf(name: string): number {
  const number = I386_SYSCALLS.get(name);
  if (number === undefined) throw new RangeError(`${name} is no system call`);
  return number;
}

function indexOf(label: Label): number {
  if (label.index === undefined) throw new RangeError("a label of a list of calls was never set");
  return label.index;
}
