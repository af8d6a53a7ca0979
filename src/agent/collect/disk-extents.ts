import { CallList, type Pointer, type SlotValue } from "../../shared/calls/call-list.js";
import { slotsOf, withReport } from "../../shared/calls/list-format.js";
import {
  FIEMAP_EXTENT_DATA_ENCRYPTED,
  FIEMAP_EXTENT_DATA_INLINE,
  FIEMAP_EXTENT_DATA_TAIL,
  FIEMAP_EXTENT_DELALLOC,
  FIEMAP_EXTENT_ENCODED,
  FIEMAP_EXTENT_LAST,
  FIEMAP_EXTENT_NOT_ALIGNED,
  FIEMAP_EXTENT_UNKNOWN,
  FIEMAP_EXTENT_UNWRITTEN,
  FIEMAP_FLAG_SYNC,
  FS_IOC_FIEMAP,
} from "../../shared/linux/constants.js";
import type { Fd, System } from "../system/system.js";

/** In one question; most files have few. */
const EXTENTS_A_LIST = 64;
/** struct fiemap without its extents, and struct fiemap_extent. */
const HEAD_BYTES = 32;
const EXTENT_BYTES = 56;
const MAPPED_AT = 20;
/** What is not on the disk as the file has it, or not yet. */
const ELSEWHERE =
  FIEMAP_EXTENT_UNKNOWN |
  FIEMAP_EXTENT_DELALLOC |
  FIEMAP_EXTENT_ENCODED |
  FIEMAP_EXTENT_DATA_ENCRYPTED |
  FIEMAP_EXTENT_NOT_ALIGNED |
  FIEMAP_EXTENT_DATA_INLINE |
  FIEMAP_EXTENT_DATA_TAIL;

/** A part of a file, and where on the disk it is. */
export interface DiskExtent {
  readonly offset: number;
  readonly length: number;
  readonly diskOffset: number;
}

/** Asks the kernel where files are on their disk: one list of calls, composed once (struct fiemap of linux/fiemap.h). */
export class DiskExtents {
  readonly #bytes: Uint8Array;
  readonly #mapAt: number;
  readonly #file: SlotValue;
  readonly #answer: SlotValue;

  constructor(readonly system: System) {
    const calls = new CallList();
    this.#file = calls.slot();
    this.#answer = calls.slot();
    const map: Pointer = calls.room(HEAD_BYTES + EXTENTS_A_LIST * EXTENT_BYTES);
    calls.call("ioctl", [this.#file, FS_IOC_FIEMAP, map], { into: this.#answer, allow: "any" });
    this.#bytes = calls.encode();
    this.#mapAt = calls.offsetOf(map);
  }

  /**
   * Where the file of `size` bytes has data, in order, once what the kernel held back is on the disk; undefined where
   * they cannot be read there.
   */
  of(fd: Fd, size: number): DiskExtent[] | undefined {
    const extents: DiskExtent[] = [];
    for (let from = 0; from < size; ) {
      const map = this.#ask(fd, from, size - from);
      const mapped = map?.getUint32(MAPPED_AT, true);
      if (!map || mapped === undefined) return undefined;
      if (mapped === 0) break;
      for (let i = 0; i < mapped; i++) {
        const at = HEAD_BYTES + EXTENT_BYTES * i;
        const [offset, diskOffset, length] = [0, 8, 16].map((word) => wordAt(map, at + word)) as [
          number,
          number,
          number,
        ];
        const flags = map.getUint32(at + 40, true);
        if (flags & ELSEWHERE) return undefined;
        // Blocks are whole, files are not.
        const inFile = Math.min(length, size - offset);
        if (inFile > 0 && !(flags & FIEMAP_EXTENT_UNWRITTEN)) extents.push({ offset, length: inFile, diskOffset });
        from = flags & FIEMAP_EXTENT_LAST ? size : offset + length;
      }
    }
    return extents;
  }

  /** struct fiemap with the answer; undefined for a file system that cannot tell. */
  #ask(fd: Fd, from: number, length: number): DataView | undefined {
    const list = withReport(this.#bytes);
    const slots = slotsOf(list);
    slots[this.#file.slot] = fd;
    const map = new DataView(list.buffer, list.byteOffset + this.#mapAt, HEAD_BYTES + EXTENTS_A_LIST * EXTENT_BYTES);
    setWord(map, 0, from);
    setWord(map, 8, length);
    // With it the kernel writes the data back and waits for them, but not for the metadata, as fsync would.
    map.setUint32(16, from === 0 ? FIEMAP_FLAG_SYNC : 0, true);
    map.setUint32(24, EXTENTS_A_LIST, true);
    this.system.carryOut(list);
    return slots[this.#answer.slot]! < 0 ? undefined : map;
  }
}

/** Of 64 bits. */
function wordAt(view: DataView, at: number): number {
  return view.getUint32(at, true) + view.getUint32(at + 4, true) * 2 ** 32;
}

function setWord(view: DataView, at: number, value: number): void {
  view.setUint32(at, value >>> 0, true);
  view.setUint32(at + 4, Math.floor(value / 2 ** 32), true);
}
