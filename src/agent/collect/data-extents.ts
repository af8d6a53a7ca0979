import { type Extent, LEAST_HOLE_BYTES } from "../../shared/files/sparse-bytes.js";
import { SEEK_DATA, SEEK_HOLE } from "../../shared/linux/constants.js";
import { allowing } from "../failure.js";
import type { Fd, System } from "../system/system.js";
import type { Yielder } from "../yielder.js";

/** Where the open file has data, as its file system tells; in order, and apart. */
export async function dataExtents(system: System, fd: Fd, size: number, yielder: Yielder): Promise<Extent[]> {
  const extents: { offset: number; length: number }[] = [];
  for (let at = 0; at < size; ) {
    if (yielder.due()) await yielder.turn();
    const offset = allowing(["ENXIO"], () => system.seek(fd, at, SEEK_DATA));
    if (offset === undefined || offset >= size) break;
    at = Math.min(size, system.seek(fd, offset, SEEK_HOLE));
    const last = extents.at(-1);
    if (last && offset - (last.offset + last.length) < LEAST_HOLE_BYTES) last.length = at - last.offset;
    else extents.push({ offset, length: at - offset });
  }
  return extents;
}
