import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { DiskTrim, LEAST_BYTES } from "./disk-trim.js";
import { SparseDisk } from "./sparse-disk.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function watched(ask: () => Promise<unknown> = async () => {}) {
  const disk = new SparseDisk(2 ** 31);
  const asked = vi.fn(ask);
  const trim = new DiskTrim(disk, asked);
  const write = (start: number, length: number) => disk.set(start, new Uint8Array(length).fill(1), () => {});
  return { disk, asked, trim, write };
}

test("the guest is asked once, when the disk has been left alone for two seconds", async () => {
  const { asked, write } = watched();
  for (let i = 0; i < 10; i++) {
    write(i * LEAST_BYTES, LEAST_BYTES);
    await vi.advanceTimersByTimeAsync(1000);
  }
  expect(asked).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked).toHaveBeenCalledTimes(1);
  write(10 * LEAST_BYTES, LEAST_BYTES);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked).toHaveBeenCalledTimes(2);
});

test("what every container writes and removes is not asked for", async () => {
  const { asked, write } = watched();
  for (let i = 0; i < 10; i++) write(i * 65536, 512);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked).not.toHaveBeenCalled();
});

test("a disk that grows without rest is trimmed every 64 MB", async () => {
  const { asked, write } = watched();
  for (let i = 0; i < 200; i++) {
    write(i << 20, 1 << 20);
    await vi.advanceTimersByTimeAsync(10);
  }
  expect(asked).toHaveBeenCalledTimes(3);
});

test("a guest that fails to answer is asked again after the next write; a disposed watch asks nothing", async () => {
  const { disk, asked, trim, write } = watched(() => Promise.reject(new Error("the channel was closed")));
  write(0, LEAST_BYTES);
  await vi.advanceTimersByTimeAsync(3000);
  write(0, 512);
  await vi.advanceTimersByTimeAsync(3000);
  expect(asked).toHaveBeenCalledTimes(2);
  write(0, 512);
  trim.dispose();
  await vi.advanceTimersByTimeAsync(3000);
  expect(asked).toHaveBeenCalledTimes(2);
  expect(disk.heldBytes).toBe(LEAST_BYTES);
});
