/** Writes an eBPF program of the few instructions that a device program needs. Source: linux/bpf.h. */
const Code = {
  loadWord: 0x61,
  copy: 0xbc,
  set: 0xb4,
  and: 0x54,
  shiftRight: 0x74,
  jump: 0x05,
  // The 32-bit comparisons: the 64-bit ones extend the sign of their constant.
  equal: 0x16,
  notEqual: 0x56,
  anyBit: 0x46,
  exit: 0x95,
} as const;

/** What of the request is where. */
export const Register = { result: 0, context: 1, kind: 2, access: 3, major: 4, minor: 5 } as const;

export interface Label {
  at?: number;
}

interface Instruction {
  code: number;
  to: number;
  from?: number;
  offset?: number;
  value?: number;
  target?: Label;
}

const INSTRUCTION_BYTES = 8;

export class DeviceProgramWriter {
  readonly #instructions: Instruction[] = [];

  label(): Label {
    return {};
  }

  /** Makes the label mean what is written next. */
  place(label: Label): void {
    label.at = this.#instructions.length;
  }

  /** From struct bpf_cgroup_dev_ctx, whose first word has the kind of device below and the access above. */
  readRequest(): void {
    this.#load(Register.kind, 0);
    this.#load(Register.major, 4);
    this.#load(Register.minor, 8);
    this.#instructions.push({ code: Code.copy, to: Register.access, from: Register.kind });
    this.and(Register.kind, 0xffff);
    this.#instructions.push({ code: Code.shiftRight, to: Register.access, value: 16 });
  }

  and(register: number, value: number): void {
    this.#instructions.push({ code: Code.and, to: register, value });
  }

  jump(target: Label): void {
    this.#instructions.push({ code: Code.jump, to: 0, target });
  }

  jumpIf(register: number, value: number, target: Label): void {
    this.#instructions.push({ code: Code.equal, to: register, value, target });
  }

  jumpUnless(register: number, value: number, target: Label): void {
    this.#instructions.push({ code: Code.notEqual, to: register, value, target });
  }

  jumpIfAny(register: number, bits: number, target: Label): void {
    this.#instructions.push({ code: Code.anyBit, to: register, value: bits, target });
  }

  exit(result: number): void {
    this.#instructions.push({ code: Code.set, to: Register.result, value: result }, { code: Code.exit, to: 0 });
  }

  finish(): Uint8Array {
    const bytes = new Uint8Array(this.#instructions.length * INSTRUCTION_BYTES);
    const view = new DataView(bytes.buffer);
    for (const [i, { code, to, from = 0, offset = 0, value = 0, target }] of this.#instructions.entries()) {
      view.setUint8(i * INSTRUCTION_BYTES, code);
      view.setUint8(i * INSTRUCTION_BYTES + 1, (from << 4) | to);
      view.setInt16(i * INSTRUCTION_BYTES + 2, target ? target.at! - i - 1 : offset, true);
      view.setUint32(i * INSTRUCTION_BYTES + 4, value, true);
    }
    return bytes;
  }

  #load(register: number, offset: number): void {
    this.#instructions.push({ code: Code.loadWord, to: register, from: Register.context, offset });
  }
}
