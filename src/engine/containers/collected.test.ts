import { expect, test } from "vitest";
import { type CollectedEntry, collectedData } from "../../protocol/collected-entry.js";
import { SparseBytes } from "../../shared/files/sparse-bytes.js";
import { fakeMachine } from "../fakes/fake-machine.js";
import { collectLayer, listDiff } from "./collected.js";
import type { Sandbox } from "./sandbox.js";

const MEGABYTE = 1 << 20;
const sandbox = { id: "s", written: true } as Sandbox;
const at = { mode: 0o644, uid: 0, gid: 0, mtime: { seconds: 1, nanoseconds: 0 } };
const file = (path: string, more: Partial<CollectedEntry>): CollectedEntry => ({ path, type: "file", ...at, ...more });

/** `[offset, length, disk offset]` each. */
function onDisk(path: string, size: number, ...extents: [number, number, number][]): CollectedEntry {
  return file(path, {
    size,
    extents: extents.map(([offset, length]) => ({ offset, length })),
    diskOffsets: extents.map(([, , diskOffset]) => diskOffset),
  });
}

async function layer(entries: CollectedEntry[], contents = "") {
  const machine = fakeMachine();
  machine.diskBytes = Uint8Array.from({ length: 4 * MEGABYTE }, (_, i) => (i % 251) + 1);
  machine.diff = { entries, contents };
  const collected = await collectLayer(machine, sandbox);
  // What the guest writes afterwards changes nothing.
  const disk = machine.diskBytes.slice();
  machine.diskBytes.fill(0);
  const data = (path: string) => {
    const entry = collected.entries.find((each) => each.path === path)!;
    expect(entry).not.toHaveProperty("diskOffsets");
    return collectedData(entry, collected.contents);
  };
  return { disk, data, machine };
}

test("files from the disk, beside those that were copied", async () => {
  const { disk, data, machine } = await layer(
    [
      file("small", { size: 3, offset: 0 }),
      onDisk("parts", 70_000, [0, 4096, 8192], [4096, 61440, 100 * 4096], [65536, 4464, 0]),
      file("last", { size: 2, offset: 3 }),
      onDisk("whole", 65_537, [0, 65_537, 12288]),
    ],
    "abcde",
  );
  expect(new TextDecoder().decode(data("small") as Uint8Array)).toBe("abc");
  expect(new TextDecoder().decode(data("last") as Uint8Array)).toBe("de");
  const parts = [disk.subarray(8192, 12288), disk.subarray(409600, 471040), disk.subarray(0, 4464)];
  expect(Buffer.compare(data("parts") as Uint8Array, Buffer.concat(parts))).toBe(0);
  expect(Buffer.compare(data("whole") as Uint8Array, disk.subarray(12288, 12288 + 65_537))).toBe(0);
  expect(machine.asked.at(-1)).toMatchObject({ command: "snapshot.diff", params: { key: "s", fromDisk: true } });
  expect(machine.exchanged.size).toBe(0);
});

test("large holes stay holes, small ones are filled", async () => {
  const { disk, data } = await layer([
    onDisk("small holes", 200_000, [4096, 4096, 0], [100_000, 4096, 8192]),
    onDisk("large holes", 10 * 2 ** 30, [4096, 4096, 0], [12288, 4096, 4096], [2 ** 33, 4096, 8192]),
    onDisk("nothing", 2 ** 32),
    onDisk("nothing, small", 2 ** 16),
  ]);
  const small = new Uint8Array(200_000);
  small.set(disk.subarray(0, 4096), 4096);
  small.set(disk.subarray(8192, 12288), 100_000);
  expect(Buffer.compare(data("small holes") as Uint8Array, small)).toBe(0);
  const large = data("large holes") as SparseBytes;
  expect(large.size).toBe(10 * 2 ** 30);
  expect(large.extents).toEqual([
    { offset: 4096, length: 12288 },
    { offset: 2 ** 33, length: 4096 },
  ]);
  const parts = [disk.subarray(0, 4096), new Uint8Array(4096), disk.subarray(4096, 12288)];
  expect(Buffer.compare(large.data, Buffer.concat(parts))).toBe(0);
  expect(data("nothing")).toEqual(new SparseBytes(2 ** 32, [], new Uint8Array()));
  expect(data("nothing, small")).toEqual(new Uint8Array(2 ** 16));
});

test("extents that are none of a file's are refused", async () => {
  await expect(layer([onDisk("f", 70_000, [0, 70_001, 0])])).rejects.toThrow("extent 0+70001 of a file of 70000 bytes");
  await expect(layer([onDisk("f", 70_000, [4096, 4096, 0], [0, 4096, 0])])).rejects.toThrow("extent 0+4096");
});

test("what was never started has changed nothing; a listing asks for no contents", async () => {
  const machine = fakeMachine();
  expect(await collectLayer(machine, { ...sandbox, written: false } as Sandbox)).toMatchObject({ entries: [] });
  expect(await listDiff(machine, { ...sandbox, written: false } as Sandbox)).toEqual([]);
  expect(machine.asked).toEqual([]);
  machine.diff = { entries: [file("f", { size: 9 })], contents: "" };
  expect(await listDiff(machine, sandbox)).toEqual([file("f", { size: 9 })]);
  expect(machine.asked).toMatchObject([{ params: { key: "s", entries: expect.any(Number) } }]);
  expect(machine.asked[0]!.params).not.toHaveProperty("contents");
});
