import { expect, test } from "vitest";
import { SparseDisk } from "./sparse-disk.js";

const BLOCK = 65536;

function read(disk: SparseDisk, start: number, length: number): Uint8Array {
  let bytes = new Uint8Array();
  disk.get(start, length, (got) => {
    bytes = got.slice();
  });
  return bytes;
}

function write(disk: SparseDisk, start: number, bytes: Uint8Array): void {
  let done = false;
  disk.set(start, bytes, () => {
    done = true;
  });
  expect(done).toBe(true);
}

test("what was never written is zero and takes no memory", () => {
  const disk = new SparseDisk(2 ** 41);
  expect(read(disk, 2 ** 40 + 512, 200_000)).toEqual(new Uint8Array(200_000));
  write(disk, 2 ** 40, new Uint8Array(200_000));
  expect(disk.heldBytes).toBe(0);
});

test("random writes across blocks read back, like on a plain array", () => {
  const size = 10 * BLOCK;
  const [disk, plain] = [new SparseDisk(size), new Uint8Array(size)];
  for (let round = 0; round < 300; round++) {
    const start = Math.floor(Math.random() * (size / 512)) * 512;
    const length = Math.min(512 * (1 + Math.floor(Math.random() * 300)), size - start);
    const bytes = new Uint8Array(length).fill(round % 3 === 0 ? 0 : round);
    write(disk, start, bytes);
    plain.set(bytes, start);
  }
  expect(Buffer.compare(read(disk, 0, size), plain)).toBe(0);
});

test("a block that becomes all zero is dropped", () => {
  const disk = new SparseDisk(10 * BLOCK);
  write(disk, 0, new Uint8Array(2 * BLOCK).fill(1));
  expect(disk.heldBytes).toBe(2 * BLOCK);
  write(disk, 0, new Uint8Array(BLOCK));
  expect(disk.heldBytes).toBe(BLOCK);
});

test("what is discarded reads as zeros, and whole blocks of it take no memory", () => {
  const disk = new SparseDisk(2 ** 33);
  write(disk, 0, new Uint8Array(4 * BLOCK).fill(1));
  disk.discard(BLOCK - 512, 2 * BLOCK + 1024);
  expect(disk.heldBytes).toBe(2 * BLOCK);
  expect(read(disk, BLOCK - 1024, 1024)).toEqual(new Uint8Array(1024).fill(1, 0, 512));
  expect(read(disk, 3 * BLOCK, 1024)).toEqual(new Uint8Array(1024).fill(1, 512));
  disk.discard(0, BLOCK - 512);
  expect(disk.heldBytes).toBe(BLOCK);
  disk.discard(512, 2 ** 34);
  expect(disk.heldBytes).toBe(0);
});

test("random writes and discards read back, like on a plain array", () => {
  const size = 10 * BLOCK;
  const [disk, plain] = [new SparseDisk(size), new Uint8Array(size)];
  for (let round = 1; round <= 300; round++) {
    const start = Math.floor(Math.random() * (size / 512)) * 512;
    const length = Math.min(512 * (1 + Math.floor(Math.random() * 300)), size - start);
    if (round % 3 === 0) disk.discard(start, length);
    else write(disk, start, new Uint8Array(length).fill(round));
    plain.fill(round % 3 === 0 ? 0 : round, start, start + length);
  }
  expect(Buffer.compare(read(disk, 0, size), plain)).toBe(0);
});

test("a write keeps no hold of the caller's bytes", () => {
  const disk = new SparseDisk(BLOCK);
  const bytes = new Uint8Array(512).fill(7);
  write(disk, 0, bytes);
  bytes.fill(8);
  expect(read(disk, 0, 1)[0]).toBe(7);
});

test("the state holds the blocks and the size; a restored disk is its own", () => {
  const disk = new SparseDisk(2 ** 33);
  write(disk, 2 ** 32 + 512, new Uint8Array(512).fill(5));
  const again = new SparseDisk(0);
  again.set_state(disk.get_state());
  write(disk, 2 ** 32 + 512, new Uint8Array(512).fill(6));
  expect(again.byteLength).toBe(2 ** 33);
  expect(again.heldBytes).toBe(BLOCK);
  expect(read(again, 2 ** 32, 1024)).toEqual(new Uint8Array(1024).fill(5, 512));
});

test("a copy of what is there now, across blocks and over what the target held", () => {
  const disk = new SparseDisk(4 * BLOCK);
  write(disk, BLOCK - 512, new Uint8Array(1024).fill(7));
  const bytes = new Uint8Array(3 * BLOCK).fill(1);
  disk.read(512, bytes);
  const expected = new Uint8Array(3 * BLOCK).fill(7, BLOCK - 1024, BLOCK);
  expect(Buffer.compare(bytes, expected)).toBe(0);
  write(disk, BLOCK - 512, new Uint8Array(1024).fill(8));
  expect(Buffer.compare(bytes, expected)).toBe(0);
  for (const [offset, length] of [
    [3 * BLOCK + 1, BLOCK],
    [-1, 1],
    [Number.NaN, 1],
  ] as const)
    expect(() => disk.read(offset, new Uint8Array(length))).toThrow(RangeError);
});
