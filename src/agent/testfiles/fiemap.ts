/** The kernel's answer to FS_IOC_FIEMAP, for systems without a disk. */
import { CALL_BYTES, slotsOf } from "../../shared/calls/list-format.js";
import { readList } from "../../shared/calls/testfiles/read-list.js";
import { FS_IOC_FIEMAP } from "../../shared/linux/constants.js";
import type { Fd, System } from "../system/system.js";

export type MappedExtent = [logical: number, physical: number, length: number, flags: number];

export interface FiemapQuestion {
  fd: Fd;
  start: bigint;
  length: bigint;
  flags: number;
}

/** @returns what was asked. `answer`: the extents, or a negative error number. */
export function answerFiemap(system: System, answer: (question: FiemapQuestion) => MappedExtent[] | number) {
  const asked: FiemapQuestion[] = [];
  const carryOut = system.carryOut.bind(system);
  system.carryOut = (list) => {
    const view = new DataView(list.buffer, list.byteOffset, list.length);
    const call = readList(list).find(({ name, args }) => name === "ioctl" && Number(args[1]) >>> 0 === FS_IOC_FIEMAP);
    if (!call) return carryOut(list);
    const map = view.getUint32(call.offset + CALL_BYTES + 8, true);
    const question = {
      fd: slotsOf(list)[view.getUint32(call.offset + CALL_BYTES, true)]!,
      start: view.getBigUint64(map, true),
      length: view.getBigUint64(map + 8, true),
      flags: view.getUint32(map + 16, true),
    };
    asked.push(question);
    const answered = answer(question);
    slotsOf(list)[call.slot!] = typeof answered === "number" ? answered : 0;
    if (typeof answered === "number") return;
    const extents = answered.slice(0, view.getUint32(map + 24, true));
    view.setUint32(map + 20, extents.length, true);
    for (const [index, [logical, physical, length, flags]] of extents.entries()) {
      const at = map + 32 + 56 * index;
      for (const [word, value] of [logical, physical, length].entries())
        view.setBigUint64(at + 8 * word, BigInt(value), true);
      view.setUint32(at + 40, flags, true);
    }
  };
  return asked;
}
