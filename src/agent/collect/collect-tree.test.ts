import { expect, test } from "vitest";
import type { CollectedEntry } from "../../protocol/commands.js";
import { S_IFCHR, S_IFIFO, S_IFSOCK } from "../system/constants.js";
import { FakeSystem } from "../system/fake-system.js";
import { WrittenStream } from "../testfiles/page-streams.js";
import { collectTree } from "./collect-tree.js";

const OUT = "/exchange/x";

async function collect(system: FakeSystem, root: string, overlay: boolean) {
  const entries = new WrittenStream();
  system.files.putDirectory("/exchange");
  const collected = await collectTree(system, { root, contents: OUT, entries, overlay });
  const lines = entries.text.split("\n").filter(Boolean);
  expect(collected.entries).toBe(lines.length);
  expect(entries.ended).toBe(true);
  return { ...collected, entries: lines.map((line) => JSON.parse(line) as CollectedEntry) };
}

/** `type path`, with what matters of it. */
function brief(entry: CollectedEntry): string {
  const more = [entry.linkname && `→ ${entry.linkname}`, entry.size !== undefined && `${entry.offset}+${entry.size}`];
  return [entry.type, entry.path, ...more, entry.opaque && "opaque"].filter(Boolean).join(" ");
}

test("parents first, names sorted, contents one after the other", async () => {
  const system = new FakeSystem();
  system.put("/upper/b/z", "zz");
  system.put("/upper/b/a", "aaa");
  system.put("/upper/a", "1");
  system.put("/upper/c", "");
  const { entries, contentBytes } = await collect(system, "/upper", true);
  expect(entries.map(brief)).toEqual(["file a 0+1", "directory b", "file b/a 1+3", "file b/z 4+2", "file c 6+0"]);
  expect(contentBytes).toBe(6);
  expect(system.contentOf(OUT)).toBe("1aaazz");
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
  expect(entries[1]!.xattrs).toEqual({ "security.capability": "AQI=" });
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
  system.open = (path, flags, mode) => {
    if (path === "/upper/a") system.put("/upper/a", "01234");
    if (path === "/upper/b") system.files.remove("unlink", path);
    return open(path, flags, mode);
  };
  const { entries } = await collect(system, "/upper", true);
  expect(entries.map(brief)).toEqual(["file a 0+5", "file c 5+5"]);
  expect(system.contentOf(OUT)).toBe("01234after");
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
