/** eBPF over struct bpf_cgroup_dev_ctx, for the instructions that device programs have. */
export const Access = { mknod: 1, read: 2, write: 4 } as const;

export interface DeviceRequest {
  kind: "b" | "c";
  major: number;
  minor: number;
  access: number;
}

/** True: allowed. @throws {Error} at anything that the kernel's verifier refuses and that is seen on the way. */
export function runDeviceProgram(program: Uint8Array, { kind, major, minor, access }: DeviceRequest): boolean {
  const context = new DataView(new ArrayBuffer(12));
  context.setUint32(0, (access << 16) | (kind === "b" ? 1 : 2), true);
  context.setUint32(4, major, true);
  context.setUint32(8, minor, true);
  const view = new DataView(program.buffer, program.byteOffset, program.byteLength);
  const registers: (number | undefined)[] = [undefined, undefined];
  const read = (register: number) => {
    const value = registers[register];
    if (value === undefined) throw new Error(`register ${register} is read before it is written`);
    return value;
  };
  for (let at = 0; ; at++) {
    if (at * 8 + 8 > program.length) throw new Error(`ran off the end at ${at}`);
    const code = view.getUint8(at * 8);
    const [to, from] = [view.getUint8(at * 8 + 1) & 15, view.getUint8(at * 8 + 1) >> 4];
    const offset = view.getInt16(at * 8 + 2, true);
    const k = view.getUint32(at * 8 + 4, true);
    if (code === 0x95) {
      if (read(0) > 1) throw new Error(`returns ${read(0)}`);
      return read(0) === 1;
    }
    if (code === 0x61) {
      if (from !== 1) throw new Error(`load from register ${from}`);
      registers[to] = context.getUint32(offset, true);
    } else if (code === 0xbc) registers[to] = read(from);
    else if (code === 0xb4) registers[to] = k;
    else if (code === 0x54) registers[to] = (read(to) & k) >>> 0;
    else if (code === 0x74) registers[to] = read(to) >>> k;
    else if (code === 0x05) at += offset;
    else if (code === 0x16) at += read(to) === k ? offset : 0;
    else if (code === 0x56) at += read(to) !== k ? offset : 0;
    else if (code === 0x46) at += (read(to) & k) !== 0 ? offset : 0;
    else throw new Error(`instruction ${code} at ${at}`);
  }
}

/** Instructions that no way leads to: the kernel refuses a program that has some. */
export function unreachable(program: Uint8Array): number[] {
  const view = new DataView(program.buffer, program.byteOffset, program.byteLength);
  const seen = new Set<number>();
  const visit = (at: number): void => {
    if (seen.has(at)) return;
    seen.add(at);
    const code = view.getUint8(at * 8);
    const jumps = code === 0x05 || code === 0x16 || code === 0x56 || code === 0x46;
    if (jumps) visit(at + 1 + view.getInt16(at * 8 + 2, true));
    if (code !== 0x95 && code !== 0x05) visit(at + 1);
  };
  visit(0);
  return Array.from({ length: program.length / 8 }, (_, at) => at).filter((at) => !seen.has(at));
}
