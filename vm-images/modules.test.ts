import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { ModuleTree, readDependencies } from "./modules.js";

const scratch = mkdtempSync(join(tmpdir(), "drydock-modules-"));
afterAll(() => rmSync(scratch, { recursive: true }));

/** A 32-bit ELF file with nothing but a .modinfo section. */
function ko(...modinfo: string[]): Buffer {
  const names = Buffer.from("\0.modinfo\0.shstrtab\0");
  const info = Buffer.from(modinfo.map((entry) => `${entry}\0`).join(""));
  const header = Buffer.alloc(52);
  header.set([0x7f, 0x45, 0x4c, 0x46, 1, 1, 1]);
  header.writeUInt32LE(52 + names.length + info.length, 32);
  header.writeUInt16LE(3, 48);
  header.writeUInt16LE(2, 50);
  const section = (name: number, offset: number, size: number) => {
    const bytes = Buffer.alloc(40);
    bytes.writeUInt32LE(name, 0);
    bytes.writeUInt32LE(offset, 16);
    bytes.writeUInt32LE(size, 20);
    return bytes;
  };
  const table = [section(0, 0, 0), section(1, 52 + names.length, info.length), section(10, 52, names.length)];
  return Buffer.concat([header, names, info, ...table]);
}

function tree(modules: Record<string, Buffer>, builtin: string[] = []): ModuleTree {
  const dir = mkdtempSync(join(scratch, "tree-"));
  for (const [path, bytes] of Object.entries(modules)) {
    mkdirSync(dirname(join(dir, "kernel", path)), { recursive: true });
    writeFileSync(join(dir, "kernel", path), bytes);
  }
  writeFileSync(join(dir, "modules.builtin"), builtin.map((path) => `${path}\n`).join(""));
  return new ModuleTree(dir);
}

const names = (modules: { name: string }[]) => modules.map((module) => module.name);

test("a module comes after what it needs, each once", () => {
  const modules = tree({
    "fs/9p/9p.ko": ko("license=GPL", "depends=9pnet,netfs"),
    "net/9pnet.ko": ko("depends="),
    "net/9pnet_virtio.ko": ko("depends=9pnet,virtio_ring"),
    "fs/netfs.ko": ko("depends=fscache"),
    "fs/fscache.ko": ko(),
    "drivers/virtio_ring.ko": ko("depends="),
  });
  expect(names(modules.loadOrder(["9p", "9pnet_virtio"]))).toEqual([
    "9pnet",
    "fscache",
    "netfs",
    "9p",
    "virtio_ring",
    "9pnet_virtio",
  ]);
});

test("dashes and underscores name the same module", () => {
  const modules = tree({ "block/t10-pi.ko": ko("depends=crc_t10dif"), "lib/crc-t10dif.ko": ko() });
  expect(names(modules.loadOrder(["t10-pi"]))).toEqual(["crc_t10dif", "t10_pi"]);
});

test("what is built in needs no file", () => {
  const modules = tree({ "fs/ext4.ko": ko("depends=crypto,mbcache"), "fs/mbcache.ko": ko() }, ["kernel/crypto.ko"]);
  expect(names(modules.loadOrder(["ext4", "crypto"]))).toEqual(["mbcache", "ext4"]);
});

test("soft dependencies are taken when they are modules, and done without when not", () => {
  const bytes = ko("softdep=pre: crypto-crc32c zstd post: after", "depends=");
  expect(readDependencies(bytes)).toEqual({ depends: [], soft: ["crypto_crc32c", "zstd"] });
  expect(names(tree({ "a.ko": bytes, "zstd.ko": ko() }).loadOrder(["a"]))).toEqual(["zstd", "a"]);
});

test("a missing module is named, and who needs it", () => {
  const modules = tree({ "a.ko": ko("depends=b") });
  expect(() => modules.loadOrder(["a"])).toThrow('no kernel module "b", needed by "a"');
  expect(() => modules.loadOrder(["c"])).toThrow('no kernel module "c"');
});

test("what is no module is refused", () => {
  expect(() => readDependencies(Buffer.from("#!/bin/sh, and some more to make it long enough for a header"))).toThrow(
    "not an ELF file",
  );
});
