import { gzipSync } from "node:zlib";
import { expect, test, vi } from "vitest";
import { gunzip, isGzip } from "./gunzip.js";
import { MemoryContentStore } from "./memory-content-store.js";
import { ContentError } from "./store.js";

const text = (value: string) => new TextEncoder().encode(value);
const hello = "sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

test("keeps content by its digest", async () => {
  const store = new MemoryContentStore();
  expect(await store.ingest(text("hello"), hello)).toBe(hello);
  expect(store.read(hello)).toEqual(text("hello"));
  expect([...store.list()]).toEqual([{ digest: hello, size: 5 }]);
  await expect(store.ingest(text("other"), hello)).rejects.toThrow(`, not ${hello} as was promised`);
  store.remove(hello);
  expect(store.has(hello)).toBe(false);
  expect(() => store.read(hello)).toThrow(new ContentError("not-found", `no content ${hello}`));
});

test("gunzip", async () => {
  const data = text("drydock ".repeat(100_000));
  const packed = new Uint8Array(gzipSync(data));
  expect(isGzip(packed)).toBe(true);
  expect(await gunzip(packed, data.length)).toEqual(data);
  expect(await gunzip(new Uint8Array(gzipSync("")), 0)).toEqual(new Uint8Array(0));
  const two = new Uint8Array(Buffer.concat([gzipSync("one"), gzipSync("two")]));
  expect(await gunzip(two, 100)).toEqual(text("onetwo"));
});

test("gunzip where the platform stops after the first member", async () => {
  class FirstMemberOnly {
    readonly writable = new WritableStream();
    readonly readable = new ReadableStream({
      pull() {
        throw new TypeError("Junk found after end of compressed data.");
      },
    });
  }
  vi.stubGlobal("DecompressionStream", FirstMemberOnly);
  try {
    const two = new Uint8Array(Buffer.concat([gzipSync("one"), gzipSync("two")]));
    expect(await gunzip(two, 100)).toEqual(text("onetwo"));
    await expect(gunzip(two, 5)).rejects.toMatchObject({ code: "too-large" });
  } finally {
    vi.unstubAllGlobals();
  }
});

test("gunzip bounds what it makes, and says what is wrong", async () => {
  const bomb = new Uint8Array(gzipSync(new Uint8Array(10_000_000)));
  await expect(gunzip(bomb, 1_000_000)).rejects.toThrow("gzip: contents exceed the limit of 1000000 bytes");
  await expect(gunzip(bomb.subarray(0, 2000), 1e9)).rejects.toMatchObject({ code: "malformed" });
  const damaged = bomb.slice();
  damaged[damaged.length - 8]! ^= 0xff;
  await expect(gunzip(damaged, 1e9)).rejects.toMatchObject({ code: "malformed" });
  await expect(gunzip(text("not gzip at all, not even a little"), 1e9)).rejects.toMatchObject({ code: "malformed" });
});
