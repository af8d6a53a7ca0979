import { expect, test } from "vitest";
import {
  FIEMAP_EXTENT_DATA_INLINE,
  FIEMAP_EXTENT_DELALLOC,
  FIEMAP_EXTENT_ENCODED,
  FIEMAP_EXTENT_LAST,
  FIEMAP_EXTENT_NOT_ALIGNED,
  FIEMAP_EXTENT_UNKNOWN,
  FIEMAP_EXTENT_UNWRITTEN,
  FIEMAP_FLAG_SYNC,
} from "../../shared/linux/constants.js";
import { FakeSystem } from "../system/fake-system.js";
import { answerFiemap, type FiemapQuestion, type MappedExtent } from "../testfiles/fiemap.js";
import { DiskExtents } from "./disk-extents.js";

const LAST = FIEMAP_EXTENT_LAST;
/** Between a kernel's own flags, which mean nothing here: FIEMAP_EXTENT_MERGED. */
const MERGED = 0x1000;

function extentsOf(size: number, answer: (question: FiemapQuestion) => MappedExtent[] | number) {
  const system = new FakeSystem();
  const asked = answerFiemap(system, answer);
  return { extents: new DiskExtents(system).of(7, size), asked };
}

test("what is beyond the file's end is cut off", () => {
  const { extents, asked } = extentsOf(10_000, () => [
    [0, 5 * 2 ** 32, 8192, MERGED],
    [8192, 4096, 4096, 0],
    [16384, 8192, 4096, LAST],
  ]);
  expect(extents).toEqual([
    { offset: 0, length: 8192, diskOffset: 5 * 2 ** 32 },
    { offset: 8192, length: 1808, diskOffset: 4096 },
  ]);
  expect(asked).toEqual([{ fd: 7, start: 0n, length: 10_000n, flags: FIEMAP_FLAG_SYNC }]);
});

test("holes are between extents, and where nothing was written yet", () => {
  const { extents } = extentsOf(2 ** 40, () => [
    [4096, 4096, 4096, 0],
    [2 ** 33, 8192, 4096, FIEMAP_EXTENT_UNWRITTEN],
    [2 ** 34, 12288, 4096, LAST],
  ]);
  expect(extents).toEqual([
    { offset: 4096, length: 4096, diskOffset: 4096 },
    { offset: 2 ** 34, length: 4096, diskOffset: 12288 },
  ]);
  expect(extentsOf(2 ** 40, () => []).extents).toEqual([]);
});

test("many extents are asked for in parts, and flushed once", () => {
  const all = Array.from({ length: 150 }, (_, i): MappedExtent => [8192 * i, 4096 * i, 4096, i === 149 ? LAST : 0]);
  const { extents, asked } = extentsOf(2 ** 30, ({ start }) => all.filter(([logical]) => logical >= start));
  expect(extents!.map(({ offset, diskOffset }) => [offset, diskOffset])).toEqual(all.map((each) => each.slice(0, 2)));
  expect(asked.map(({ start, flags }) => [Number(start), flags])).toEqual([
    [0, FIEMAP_FLAG_SYNC],
    [63 * 8192 + 4096, 0],
    [127 * 8192 + 4096, 0],
  ]);
});

test("a file that is not on the disk as it is", () => {
  const flags = { FIEMAP_EXTENT_DATA_INLINE, FIEMAP_EXTENT_DELALLOC, FIEMAP_EXTENT_ENCODED, FIEMAP_EXTENT_NOT_ALIGNED };
  for (const flag of [...Object.values(flags), FIEMAP_EXTENT_UNKNOWN])
    expect(
      extentsOf(9000, () => [
        [0, 4096, 4096, 0],
        [4096, 0, 4096, flag | LAST],
      ]).extents,
    ).toBeUndefined();
  const EOPNOTSUPP = 95;
  expect(extentsOf(9000, () => -EOPNOTSUPP).extents).toBeUndefined();
});
