import { expect, test } from "vitest";
import { type CollectedEntry, parseCollectedEntry } from "../../protocol/collected-entry.js";
import { comparePaths } from "../../shared/text/path-bytes.js";
import { S_IFCHR, S_IFIFO, S_IFSOCK } from "../system/constants.js";
import { FakeSystem } from "../system/fake-system.js";
import { WrittenStream } from "../testfiles/page-streams.js";
import { collectTree } from "./collect-tree.js";

const OUT = "/exchange/x";
const decode = (text: string) => new Uint8Array(Buffer.from(text, "base64"));

async function collect(system: FakeSystem, root: string, overlay: boolean) {
  const entries = new WrittenStream();
  system.files.putDirectory("/exchange");
  const collected = await collectTree(system, { root, contents: OUT, entries, overlay });
  const lines = entries.text.split("\n").filter(Boolean);
  expect(collected.entries).toBe(lines.length);
  expect(entries.ended).toBe(true);
  return {
    ...collected,
    entries: lines.map((line) => parseCollectedEntry(line, decode)).sort((a, b) => comparePaths(a.path, b.path)),
  };
}

/** `type path`, with what matters of it. */
function brief(entry: CollectedEntry): string {
  const more = [entry.linkname && `→ ${entry.linkname}`, entry.size !== undefined && `${entry.offset}+${entry.size}`];
  return [entry.type, entry.path, ...more, entry.opaque && "opaque"].filter(Boolean).join(" ");
}

test("parents first, contents one after the other", async () => {
  const system = new FakeSystem();
  system.put("/upper/b/z", "zz");
  system.put("/upper/b/a", "aaa");
  system.put("/upper/a", "1");
  system.put("/upper/c", "");
  const { entries, contentBytes } = await collect(system, "/upper", true);
  expect(entries.map(brief)).toEqual(["file a 5+1", "directory b", "file b/a 2+3", "file b/z 0+2", "file c 6+0"]);
  expect(contentBytes).toBe(6);
  expect(system.contentOf(OUT)).toBe("zzaaa1");
});

test("hard links name the first of them, symlinks their target, sockets nothing", async () => {
  const system = new FakeSystem();
  system.put("/upper/d/first", "abc");
  system.link("/upper/d/first", "/upper/second");
  system.symlink("d/first", "/upper/s");
  system.mknod("/upper/p", S_IFIFO | 0o644, 0, 0);
  system.mknod("/upper/q", S_IFSOCK | 0o644, 0, 0);
  system.mknod("/upper/tty", S_IFCHR | 0o620, 5, 1);
  const { entries } = await collect(system, "/upper", true);
  expect(entries.map(brief)).toEqual([
    "directory d",
    "file d/first 0+3",
    "fifo p",
    "symlink s → d/first",
    "hardlink second → d/first",
    "character tty",
  ]);
  expect(entries.at(-1)).toMatchObject({ major: 5, minor: 1 });
});

test("whiteouts and opaque directories of an overlay; its own attributes are left out", async () => {
  const system = new FakeSystem();
  system.put("/upper/dir/f", "");
  system.mknod("/upper/gone", S_IFCHR, 0, 0);
  system.setxattr("/upper/dir", "trusted.overlay.opaque", system.utf8Encode("y"));
  system.setxattr("/upper/dir/f", "trusted.overlay.origin", Uint8Array.of(0));
  system.setxattr("/upper/dir/f", "security.capability", Uint8Array.of(1, 2));
  const { entries } = await collect(system, "/upper", true);
  expect(entries.map(brief)).toEqual(["directory dir opaque", "file dir/f 0+0", "whiteout gone"]);
  expect(entries[1]!.xattrs).toEqual(new Map([["security.capability", Uint8Array.of(1, 2)]]));
  expect(entries[0]!.xattrs).toBeUndefined();
});

test("outside an overlay, 0/0 is a device", async () => {
  const system = new FakeSystem();
  system.files.putDirectory("/tree");
  system.mknod("/tree/n", S_IFCHR, 0, 0);
  expect((await collect(system, "/tree", false)).entries.map(brief)).toEqual(["character n"]);
});

test("one file has an empty path", async () => {
  const system = new FakeSystem();
  system.put("/tree/f", "abc");
  expect((await collect(system, "/tree/f", false)).entries.map(brief)).toEqual(["file 0+3"]);
});

test("files that go or shrink meanwhile", async () => {
  const system = new FakeSystem();
  system.put("/upper/a", "0123456789");
  system.put("/upper/b", "gone");
  system.put("/upper/c", "after");
  const open = system.open.bind(system);
  system.open = (name, flags, mode, at) => {
    const path = at === undefined ? name : `/upper/${name}`;
    if (path === "/upper/a") system.put("/upper/a", "01234");
    if (path === "/upper/b") system.files.remove("unlink", path);
    return open(name, flags, mode, at);
  };
  const { entries } = await collect(system, "/upper", true);
  expect(entries.map(brief)).toEqual(["file a 0+5", "file c 5+5"]);
  expect(system.contentOf(OUT)).toBe("01234after");
});

test("a device that takes a file's place is not read", async () => {
  const system = new FakeSystem();
  system.put("/upper/a", "secret");
  const open = system.open.bind(system);
  system.open = (name, flags, mode, at) => {
    if (name === "a") {
      system.files.remove("unlink", "/upper/a");
      system.mknod("/upper/a", S_IFCHR | 0o600, 8, 0);
    }
    return open(name, flags, mode, at);
  };
  expect((await collect(system, "/upper", true)).entries).toEqual([]);
  expect(system.descriptors.open.size).toBe(0);
});

test("large holes are left out", async () => {
  const system = new FakeSystem();
  const bytes = new Uint8Array(3 << 20);
  bytes.set([1, 2, 0, 3], 5);
  bytes[2 << 20] = 4;
  const node = system.files.put("/upper/holes", bytes);
  node.heldBytes = 8192;
  const { entries, contentBytes } = await collect(system, "/upper", true);
  const extents = [
    { offset: 5, length: 4 },
    { offset: 2 << 20, length: 1 },
  ];
  expect(entries).toMatchObject([{ size: 3 << 20, offset: 0, extents }]);
  expect(contentBytes).toBe(5);
  expect([...system.readFile(OUT)]).toEqual([1, 2, 0, 3, 4]);
});

test("names that are no text, and paths deeper than descriptors are kept open", async () => {
  const system = new FakeSystem();
  const deep = Array.from({ length: 200 }, (_, i) => `\udcff${i}`).join("/");
  system.put(`/upper/${deep}/f`, "x");
  system.put("/upper/last", "y");
  const { entries } = await collect(system, "/upper", true);
  expect(entries).toHaveLength(202);
  expect(entries.map(({ path }) => path)).toEqual(expect.arrayContaining([`${deep}/f`, "last"]));
  expect(system.descriptors.open.size).toBe(0);
});

test("a directory that is moved while it is walked ends the walk", async () => {
  const system = new FakeSystem();
  const deep = Array.from({ length: 70 }, (_, i) => `d${i}`);
  system.put(`/upper/${deep.join("/")}/f`, "x");
  const open = system.open.bind(system);
  system.open = (name, flags, mode, at) => {
    // What was walked into is somewhere else now.
    if (name === "f") system.files.rename("/upper/d0/d1/d2/d3", "/upper/moved");
    return open(name, flags, mode, at);
  };
  const collecting = collectTree(system, {
    root: "/upper",
    contents: OUT,
    entries: new WrittenStream(),
    overlay: true,
  });
  system.files.putDirectory("/exchange");
  await expect(collecting).rejects.toThrow();
  expect(system.descriptors.open.size).toBe(0);
});

test("a root that is not there is told, and the stream given up", async () => {
  const system = new FakeSystem();
  const entries = new WrittenStream();
  system.files.putDirectory("/exchange");
  const collecting = collectTree(system, { root: "/none", contents: OUT, entries, overlay: false });
  await expect(collecting).rejects.toThrow("ENOENT");
  expect(entries.resetReason).toContain("/none");
  expect(system.descriptors.open.size).toBe(0);
});
