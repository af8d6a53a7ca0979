/**
 * Writes a classic BPF program from its end to its beginning, because all of its jumps go forward and are told by the
 * distance. Source: linux/filter.h, linux/bpf_common.h.
 */
import { ConfinementError } from "./confinement-error.js";

const Code = {
  load: 0x20,
  and: 0x54,
  return: 0x06,
  jumpAlways: 0x05,
  equal: 0x15,
  greater: 0x25,
  "greater-or-equal": 0x35,
  set: 0x45,
} as const;

export type Test = "equal" | "greater" | "greater-or-equal" | "set";

/** Where to go: to an instruction that is written already, or away with a value. */
export type Target = { at: number } | { returns: number };

interface Instruction {
  code: number;
  whenTrue: number;
  whenFalse: number;
  value: number;
}

/** Jumps with a condition carry their distance in a byte. */
const FARTHEST = 255;
const INSTRUCTION_BYTES = 8;
/** BPF_MAXINSNS */
const MOST_INSTRUCTIONS = 4096;

export class FilterWriter {
  readonly #reversed: Instruction[] = [];
  /** The return of each value that is nearest to the beginning. */
  readonly #returns = new Map<number, number>();

  /** Goes to one of the targets by comparing the accumulator with `value`. */
  jump(test: Test, value: number, whenTrue: Target, whenFalse: Target): Target {
    // Finding the second target may put one instruction between the first and the jump.
    const trueAt = this.#within(whenTrue, FARTHEST - 1);
    const falseAt = this.#within(whenFalse, FARTHEST);
    return this.#push(Code[test], value, this.#distance(trueAt), this.#distance(falseAt));
  }

  /** Loads 32 bits of seccomp_data, then goes on with what was written last. */
  load(offset: number): Target {
    return this.#push(Code.load, offset);
  }

  /** Masks the accumulator, then goes on with what was written last. */
  and(mask: number): Target {
    return this.#push(Code.and, mask);
  }

  /** Makes `target` what was written last. */
  goTo(target: Target): Target {
    return { at: this.#within(target, 0) };
  }

  /** @throws {ConfinementError} when it is longer than the kernel takes. */
  finish(): Uint8Array {
    const count = this.#reversed.length;
    if (count > MOST_INSTRUCTIONS)
      throw new ConfinementError("linux.seccomp", `${count} instructions`, `more than ${MOST_INSTRUCTIONS}`);
    const bytes = new Uint8Array(count * INSTRUCTION_BYTES);
    const view = new DataView(bytes.buffer);
    for (const [i, { code, whenTrue, whenFalse, value }] of this.#reversed.toReversed().entries()) {
      view.setUint16(i * INSTRUCTION_BYTES, code, true);
      view.setUint8(i * INSTRUCTION_BYTES + 2, whenTrue);
      view.setUint8(i * INSTRUCTION_BYTES + 3, whenFalse);
      view.setUint32(i * INSTRUCTION_BYTES + 4, value, true);
    }
    return bytes;
  }

  /** A place that means `target` and that the next instruction reaches with a jump of at most `farthest`. */
  #within(target: Target, farthest: number): number {
    const at = "at" in target ? target.at : this.#returns.get(target.returns);
    if (at !== undefined && this.#distance(at) <= farthest) return at;
    if ("at" in target) this.#push(Code.jumpAlways, this.#distance(target.at));
    else {
      this.#push(Code.return, target.returns);
      this.#returns.set(target.returns, this.#reversed.length - 1);
    }
    return this.#reversed.length - 1;
  }

  /** From the next instruction to be written. */
  #distance(at: number): number {
    return this.#reversed.length - 1 - at;
  }

  #push(code: number, value: number, whenTrue = 0, whenFalse = 0): Target {
    this.#reversed.push({ code, whenTrue, whenFalse, value });
    return { at: this.#reversed.length - 1 };
  }
}
