import { expect, test } from "vitest";
import { DiskSpace } from "./disk-space.js";
import { SparseDisk } from "./sparse-disk.js";

test("a disk that is nearly full is told once, and again after there has been room", () => {
  const disk = new SparseDisk(100 << 20);
  const messages: string[] = [];
  new DiskSpace(disk, "the disk", "remove something").onMessage((message) => messages.push(message));
  const write = (megabyte: number) => disk.set(megabyte << 20, new Uint8Array(1 << 20).fill(1), () => {});
  for (let i = 0; i < 94; i++) write(i);
  expect(messages).toEqual([]);
  for (let i = 94; i < 100; i++) write(i);
  expect(messages).toEqual(["the disk is nearly full: 95 of 100 MiB are taken; remove something"]);
  disk.discard(0, 20 << 20);
  for (let i = 0; i < 20; i++) write(i);
  expect(messages).toHaveLength(2);
});
