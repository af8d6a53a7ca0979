import { execFileSync } from "node:child_process";
import {
  closeSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type CollectedEntry, parseCollectedEntry } from "../../protocol/collected-entry.js";
import { FIEMAP_EXTENT_LAST, S_IFCHR, S_IFSOCK } from "../../shared/linux/constants.js";
import { comparePaths, encodePath } from "../../shared/text/path-bytes.js";
import { NodeSystem } from "../../testfiles/node-system.js";
import { answerFiemap } from "../testfiles/fiemap.js";
import { WrittenStream } from "../testfiles/page-streams.js";
import { collectTree } from "./collect-tree.js";

const isRoot = process.getuid?.() === 0;
const decode = (text: string) => new Uint8Array(Buffer.from(text, "base64"));
let dir: string;
let system: NodeSystem;
const out = () => join(dir, "out");
const contents = () => readFileSync(out(), "latin1");
const inUpper = (path: string) => join(dir, "upper", path);

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "drydock-collect-"));
  system = new NodeSystem();
});

afterEach(() => {
  expect(system.opened.size).toBe(0);
  rmSync(dir, { recursive: true });
});

function put(path: string, content = ""): void {
  const whole = Buffer.from(encodePath(inUpper(path)));
  mkdirSync(Buffer.from(encodePath(dirname(inUpper(path)))), { recursive: true });
  writeFileSync(whole, content);
}

function makeNode(path: string, ...type: string[]): void {
  mkdirSync(dirname(inUpper(path)), { recursive: true });
  execFileSync("mknod", [inUpper(path), ...type]);
}

async function collect(
  overlay: boolean,
  root = join(dir, "upper"),
  more: { contents?: undefined; disk?: string } = {},
) {
  const entries = new WrittenStream();
  const collected = await collectTree(system, { root, contents: out(), entries, overlay, ...more });
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
  for (const [path, content] of Object.entries({ "b/z": "zz", "b/a": "aaa", a: "1", c: "" })) put(path, content);
  const { entries, contentBytes } = await collect(true);
  expect(entries.map(({ path, type }) => `${type} ${path}`)).toEqual([
    "file a",
    "directory b",
    "file b/a",
    "file b/z",
    "file c",
  ]);
  expect(contentBytes).toBe(6);
  const files = entries.filter(({ type }) => type === "file");
  const parts = files.map(({ offset, size }) => contents().slice(offset, offset! + size!));
  expect(parts).toEqual(["1", "aaa", "zz", ""]);
});

test.skipIf(!isRoot)(
  "hard links name the first of them, symlinks their target (device nodes: needs root)",
  async () => {
    put("d/first", "abc");
    linkSync(inUpper("d/first"), inUpper("d/second"));
    symlinkSync("d/first", inUpper("s"));
    makeNode("p", "p");
    makeNode("tty", "c", "5", "700");
    const { entries } = await collect(true);
    const linked = entries.filter(({ type }) => type === "file" || type === "hardlink");
    expect(linked.map(({ type }) => type).sort()).toEqual(["file", "hardlink"]);
    expect(linked.find(({ type }) => type === "hardlink")!.linkname).toBe(
      linked.find(({ type }) => type === "file")!.path,
    );
    expect(entries.filter((entry) => !linked.includes(entry)).map(brief)).toEqual([
      "directory d",
      "fifo p",
      "symlink s → d/first",
      "character tty",
    ]);
    expect(entries.at(-1)).toMatchObject({ major: 5, minor: 700 });
  },
);

test("sockets are in no archive", async () => {
  put("f", "abc");
  const lstat = system.lstat.bind(system);
  system.lstat = (path, at) => ({ ...lstat(path, at), ...(path === "f" && { mode: S_IFSOCK | 0o644 }) });
  expect((await collect(true)).entries).toEqual([]);
});

test.skipIf(!isRoot)("whiteouts and opaque directories of an overlay (device nodes: needs root)", async () => {
  put("dir/f");
  makeNode("gone", "c", "0", "0");
  const opaque: [string, Uint8Array] = ["trusted.overlay.opaque", encodePath("y")];
  system.xattrs.set(inUpper("dir"), new Map([opaque]));
  const own: [string, Uint8Array] = ["trusted.overlay.origin", Uint8Array.of(0)];
  system.xattrs.set(inUpper("dir/f"), new Map([own, ["security.capability", Uint8Array.of(1, 2)]]));
  const { entries } = await collect(true);
  expect(entries.map(brief)).toEqual(["directory dir opaque", "file dir/f 0+0", "whiteout gone"]);
  expect(entries[1]!.xattrs).toEqual(new Map([["security.capability", Uint8Array.of(1, 2)]]));
  expect(entries[0]!.xattrs).toBeUndefined();
});

test.skipIf(!isRoot)("outside an overlay, 0/0 is a device (needs root)", async () => {
  makeNode("n", "c", "0", "0");
  expect((await collect(false)).entries.map(brief)).toEqual(["character n"]);
});

test("one file has an empty path", async () => {
  put("f", "abc");
  expect((await collect(false, inUpper("f"))).entries.map(brief)).toEqual(["file 0+3"]);
});

test("files that go or shrink meanwhile", async () => {
  for (const name of ["a", "b", "c"]) put(name, "0123456789");
  const open = system.open.bind(system);
  system.open = (name, flags, mode, at) => {
    if (name === "a") truncateSync(inUpper("a"), 5);
    if (name === "b") unlinkSync(inUpper("b"));
    return open(name, flags, mode, at);
  };
  const { entries, contentBytes } = await collect(true);
  expect(entries.map(({ path, size }) => [path, size])).toEqual([
    ["a", 5],
    ["c", 10],
  ]);
  expect(contentBytes).toBe(15);
});

test("a device that takes a file's place is not read", async () => {
  put("a", "secret");
  const open = system.open.bind(system);
  system.open = (name, flags, mode, at) => {
    if (name === "a") {
      unlinkSync(inUpper("a"));
      symlinkSync("/dev/zero", inUpper("a"));
    }
    return open(name, flags, mode, at);
  };
  // What the kernel says where O_NOFOLLOW is left out, or the device itself is there.
  const stat = system.stat.bind(system);
  system.stat = (path, at) => ({ ...stat(path, at), mode: S_IFCHR | 0o600 });
  expect((await collect(true)).entries).toEqual([]);
});

test("large holes are left out", async () => {
  put("holes");
  const fd = openSync(inUpper("holes"), "r+");
  writeSync(fd, Uint8Array.of(1, 2, 0, 3), 0, 4, 5);
  writeSync(fd, Uint8Array.of(4), 0, 1, 2 << 20);
  closeSync(fd);
  truncateSync(inUpper("holes"), 3 << 20);
  const { entries, contentBytes } = await collect(true);
  const extents = [
    { offset: 5, length: 4 },
    { offset: 2 << 20, length: 1 },
  ];
  expect(entries).toMatchObject([{ size: 3 << 20, offset: 0, extents }]);
  expect(contentBytes).toBe(5);
  expect(contents()).toBe("\x01\x02\0\x03\x04");
});

describe("a disk that the page reads", () => {
  const LEAST = 65536;
  const onDisk = () => collect(true, inUpper(""), { disk: dir });
  beforeEach(() => {
    put("less", "l".repeat(LEAST - 1));
    put("enough", "e".repeat(LEAST));
    put("more", "m".repeat(LEAST + 1));
  });

  test("large files are told by where they are, small ones copied", async () => {
    linkSync(inUpper("enough"), inUpper("same"));
    const asked = answerFiemap(system, () => [[0, 1 << 20, 2 * LEAST, FIEMAP_EXTENT_LAST]]);
    const { entries, contentBytes } = await onDisk();
    expect(entries.map(({ offset, size, extents, diskOffsets }) => [offset, size, extents, diskOffsets])).toEqual([
      [undefined, LEAST, [{ offset: 0, length: LEAST }], [1 << 20]],
      [0, LEAST - 1, undefined, undefined],
      [undefined, LEAST + 1, [{ offset: 0, length: LEAST + 1 }], [1 << 20]],
      [undefined, undefined, undefined, undefined],
    ]);
    expect(entries.map(({ type }) => type).sort()).toEqual(["file", "file", "file", "hardlink"]);
    expect(contentBytes).toBe(LEAST - 1);
    expect(contents()).toBe("l".repeat(LEAST - 1));
    expect(asked).toHaveLength(2);
  });

  test("all are copied where the kernel cannot tell", async () => {
    answerFiemap(system, () => -95);
    const { entries, contentBytes } = await onDisk();
    expect(entries.map(({ diskOffsets }) => diskOffsets)).toEqual([undefined, undefined, undefined]);
    expect(contentBytes).toBe(3 * LEAST);
  });

  test("nothing is asked of files on another disk, or when the page does not read it", async () => {
    const asked = answerFiemap(system, () => []);
    expect((await collect(true)).contentBytes).toBe(3 * LEAST);
    const lstat = system.lstat.bind(system);
    system.lstat = (path, at) => ({ ...lstat(path, at), dev: 0 });
    expect((await onDisk()).contentBytes).toBe(3 * LEAST);
    expect(asked).toEqual([]);
  });
});

test("without contents, sizes are listed and no file is opened", async () => {
  put("a", "0123456789");
  put("b/c", "");
  linkSync(inUpper("a"), inUpper("d"));
  const opened: string[] = [];
  const open = system.open.bind(system);
  system.open = (name, ...more) => {
    opened.push(name);
    return open(name, ...more);
  };
  const { entries, contentBytes } = await collect(true, inUpper(""), { contents: undefined });
  expect(entries.map(({ path }) => path)).toEqual(["a", "b", "b/c", "d"]);
  expect(entries.map(({ size }) => size).sort()).toEqual([0, 10, undefined, undefined]);
  expect(entries.map(({ offset }) => offset)).toEqual(entries.map(() => undefined));
  expect(entries.map(({ type }) => type).sort()).toEqual(["directory", "file", "file", "hardlink"]);
  expect(contentBytes).toBe(0);
  expect(opened).toEqual([inUpper(""), "b"]);
  expect(existsSync(out())).toBe(false);
});

test("names that are no text, and paths deeper than descriptors are kept open", async () => {
  const deep = Array.from({ length: 200 }, (_, i) => `\udcff${i}`).join("/");
  put(`${deep}/f`, "x");
  put("last", "y");
  const { entries } = await collect(true);
  expect(entries).toHaveLength(202);
  expect(entries.map(({ path }) => path)).toEqual(expect.arrayContaining([`${deep}/f`, "last"]));
});

test("a directory that is moved while it is walked ends the walk", async () => {
  put(`${Array.from({ length: 70 }, (_, i) => `d${i}`).join("/")}/f`, "x");
  const open = system.open.bind(system);
  system.open = (name, flags, mode, at) => {
    // What was walked into is somewhere else now.
    if (name === "f") renameSync(inUpper("d0/d1/d2/d3"), inUpper("moved"));
    return open(name, flags, mode, at);
  };
  await expect(collect(true)).rejects.toThrow("was moved while it was walked");
});

test("a root that is not there is told, and the stream given up", async () => {
  const entries = new WrittenStream();
  const collecting = collectTree(system, { root: join(dir, "none"), contents: out(), entries, overlay: false });
  await expect(collecting).rejects.toThrow("ENOENT");
  expect(entries.resetReason).toContain("/none");
});
