/** Classic BPF over struct seccomp_data, as the kernel runs it, for the instructions that seccomp admits and we use. */
export const AUDIT_ARCH_I386 = 0x40000003;

export interface SyscallData {
  number: number;
  architecture?: number;
  args?: readonly number[];
}

export interface FilterRun {
  returns: number;
  /** Instructions carried out. */
  steps: number;
  /** An argument was looked at. */
  readArguments: boolean;
}

/** @throws {Error} at anything that the kernel's checker refuses. */
export function runFilter(program: Uint8Array, { number, architecture = AUDIT_ARCH_I386, args = [] }: SyscallData) {
  const data = new DataView(new ArrayBuffer(64));
  data.setUint32(0, number, true);
  data.setUint32(4, architecture, true);
  for (const [i, arg] of args.entries()) data.setUint32(16 + 8 * i, arg, true);
  const view = new DataView(program.buffer, program.byteOffset, program.byteLength);
  const run: FilterRun = { returns: 0, steps: 0, readArguments: false };
  let accumulator = 0;
  for (let at = 0; ; at++) {
    if (at * 8 + 8 > program.length) throw new Error(`ran off the end at ${at}`);
    run.steps++;
    const code = view.getUint16(at * 8, true);
    const k = view.getUint32(at * 8 + 4, true);
    const jump = (holds: boolean) => view.getUint8(at * 8 + (holds ? 2 : 3));
    if (code === 0x20) {
      if (k % 4 !== 0 || k >= 64) throw new Error(`load of ${k} at ${at}`);
      run.readArguments ||= k >= 16;
      accumulator = data.getUint32(k, true);
    } else if (code === 0x54) accumulator = (accumulator & k) >>> 0;
    else if (code === 0x06) return { ...run, returns: k };
    else if (code === 0x05) at += k;
    else if (code === 0x15) at += jump(accumulator === k);
    else if (code === 0x25) at += jump(accumulator > k);
    else if (code === 0x35) at += jump(accumulator >= k);
    else if (code === 0x45) at += jump((accumulator & k) !== 0);
    else throw new Error(`instruction ${code} at ${at}`);
  }
}
