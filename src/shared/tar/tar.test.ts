import { execFileSync, spawnSync } from "node:child_process";
import {
  closeSync,
  ftruncateSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { SparseBytes, wholeOf } from "../files/sparse-bytes.js";
import { decodePath, encodePath } from "../text/path-bytes.js";
import { type TarEntry, TarError } from "./entry.js";
import { readTar } from "./read-tar.js";
import { writeTar } from "./write-tar.js";

const text = (value: string) => new TextEncoder().encode(value);
const base = { mode: 0o644, uid: 0, gid: 0, mtime: { seconds: 1_700_000_000, nanoseconds: 0 } };
const file = (path: string, contents = "x"): TarEntry => ({ ...base, path, type: "file", contents: text(contents) });

/** Changes the first header and mends its checksum. */
function forge(tar: Uint8Array, offset: number, bytes: string): Uint8Array {
  tar.set(text(bytes), offset);
  tar.set(text("        "), 148);
  const sum = tar.subarray(0, 512).reduce((a, b) => a + b, 0);
  tar.set(text(`${sum.toString(8).padStart(6, "0")}\0 `), 148);
  return tar;
}

/** Header and data of any type, without the end of an archive. */
const member = (flag: string, name: string, data: string) =>
  forge(writeTar([file(name, data)]), 156, flag).subarray(0, -1024);

/** A pax header: `length key=value` each. */
const pax = (flag: "x" | "g", ...records: string[]) =>
  member(flag, "pax", records.map((record) => `${lengthWithDigits(record)} ${record}\n`).join(""));

function lengthWithDigits(record: string): number {
  const rest = text(` ${record}\n`).length;
  return [1, 2, 3, 4, 5, 6, 7].map((digits) => digits + rest).find((all, i) => String(all).length === i + 1)!;
}

const together = (...parts: Uint8Array[]) => new Uint8Array(Buffer.concat(parts));

const everyName = decodePath(Uint8Array.from({ length: 255 }, (_, i) => i + 1).filter((byte) => byte !== 0x2f));
const at = (offset: number, length: number) => ({ offset, length });
/** 10 GB, 8 bytes of them data. */
const holes = new SparseBytes(
  10 * 2 ** 30,
  [at(0, 512), at(2 ** 33, 1024), at(10 * 2 ** 30 - 3, 3)],
  text(`${"1".repeat(512)}${"2".repeat(1024)}end`),
);

const cases: [string, TarEntry][] = [
  ["a file", file("a")],
  ["an empty file", file("empty", "")],
  ["exactly one block", file("block", "b".repeat(512))],
  ["a directory", { ...base, path: "etc", type: "directory", mode: 0o1777 }],
  ["a symlink", { ...base, path: "l", type: "symlink", linkname: "/etc/x", mode: 0o777 }],
  ["a hard link", { ...base, path: "h", type: "hardlink", linkname: "a" }],
  ["a character device", { ...base, path: "null", type: "character", major: 1, minor: 3 }],
  ["a block device", { ...base, path: "sda", type: "block", major: 8, minor: 259 }],
  ["a fifo", { ...base, path: "pipe", type: "fifo" }],
  ["setuid", { ...file("su"), mode: 0o4755 }],
  ["a name of 100", file("n".repeat(100))],
  ["a name of 101", file("n".repeat(101))],
  ["a path for the prefix", file(`${"d".repeat(120)}/${"n".repeat(90)}`)],
  ["a prefix of 155", file(`${"d".repeat(155)}/${"n".repeat(100)}`)],
  ["a directory whose name fills the field", { ...base, path: "d".repeat(100), type: "directory" }],
  ["a path of 1,000", file(Array(100).fill("directory").join("/"))],
  ["another alphabet", file("Ünïcödé/日本😀")],
  ["a long link target", { ...base, path: "l", type: "symlink", linkname: "t/".repeat(200) }],
  ["a name of every byte but NUL and slash", file(everyName)],
  ["a link to such a name", { ...base, path: "l", type: "symlink", linkname: everyName }],
  ["a path of 4,000", file(`${"d/".repeat(1999)}ff`)],
  ["nanoseconds", { ...file("ns"), mtime: { seconds: 1_700_000_000, nanoseconds: 123_456_789 } }],
  ["nanoseconds before 1970", { ...file("old"), mtime: { seconds: -2, nanoseconds: 1 } }],
  ["a file with holes", { ...file("dir/holes"), contents: holes }],
  [
    "a hole at the end, and another alphabet",
    { ...file("é/löcher"), contents: new SparseBytes(9000, [at(512, 512)], text("x".repeat(512))) },
  ],
  ["nothing but a hole", { ...file("hole"), contents: new SparseBytes(2 ** 40, [], text("")) }],
  ["large ids", { ...file("ids"), uid: 3_000_000_000, gid: 4_294_967_294 }],
  ["a time before 1970", { ...file("old"), mtime: { seconds: -5, nanoseconds: 0 } }],
  [
    "xattrs",
    {
      ...file("caps"),
      xattrs: new Map([
        ["security.capability", Uint8Array.of(1, 0, 0, 2, 10, 61, 255)],
        ["user.note", text("é")],
        ["user.\udcff", text("x")],
      ]),
    },
  ],
];

test.each(cases)("writes and reads %s", (_, entry) => {
  expect([...readTar(writeTar([entry]))]).toEqual([entry]);
});

test("the same entries give the same bytes, and contents are not copied on reading", () => {
  const entries = cases.map(([, entry]) => entry);
  const tar = writeTar(entries);
  expect(writeTar(entries)).toEqual(tar);
  expect([...readTar(tar)]).toEqual(entries);
  expect(([...readTar(tar)][0]!.contents as Uint8Array).buffer).toBe(tar.buffer);
});

test("extents are written as whole blocks, as GNU tar reads them", () => {
  const uneven = new SparseBytes(9000, [at(10, 2), at(600, 3), at(4000, 1), at(8999, 1)], text("aabbbcd"));
  const [read] = readTar(writeTar([{ ...file("f"), contents: uneven }]));
  const contents = read!.contents as SparseBytes;
  expect(contents.extents).toEqual([at(0, 1024), at(3584, 512), at(8704, 296)]);
  expect(wholeOf(contents)).toEqual(wholeOf(uneven));
});

test("global records are every member's that has none of its own; an empty one cancels", () => {
  const xattr = (name: string, value: string) => `SCHILY.xattr.user.${name}=${value}`;
  const tar = together(
    pax("g", "uid=7", "gid=8", xattr("a", "1"), xattr("b", "2")),
    member("0", "first", ""),
    pax("x", "uid=9", "gid=", xattr("b", ""), xattr("c", "3")),
    member("0", "second", ""),
    pax("g", "uid=", xattr("a", "4")),
    member("0", "third", ""),
  );
  const read = [...readTar(tar)].map(({ path, uid, gid, xattrs = [] }) => {
    return [path, uid, gid, Object.fromEntries([...xattrs].map(([name, value]) => [name, decodePath(value)]))];
  });
  expect(read).toEqual([
    ["first", 7, 8, { "user.a": "1", "user.b": "2" }],
    ["second", 9, 0, { "user.a": "1", "user.c": "3" }],
    ["third", 0, 8, { "user.a": "4", "user.b": "2" }],
  ]);
});

test("a member costs the same, whatever is in global headers that nobody reads", () => {
  const unread = Array.from({ length: 60_000 }, (_, i) => `k${i}=v`);
  const members = writeTar(Array.from({ length: 500 }, (_, i) => file(`f${i}`)));
  const tar = together(pax("g", ...unread), members);
  const start = performance.now();
  expect([...readTar(tar)]).toHaveLength(500);
  // More than 7 s where they are copied for each.
  expect(performance.now() - start).toBeLessThan(3000);
});

test("a map in tens of thousands of records takes no longer than its bytes", () => {
  const extents = Array.from({ length: 20_000 }, (_, i) => [`GNU.sparse.offset=${i * 2}`, "GNU.sparse.numbytes=1"]);
  const tar = together(pax("x", "GNU.sparse.size=40000", ...extents.flat()), writeTar([file("s", "x".repeat(20_000))]));
  const start = performance.now();
  const [{ contents } = file("none")] = readTar(tar);
  expect((contents as SparseBytes).extents.slice(-2)).toEqual([at(39_996, 1), at(39_998, 1)]);
  // Minutes where the list is copied for each.
  expect(performance.now() - start).toBeLessThan(3000);
});

test("a name that ends in a slash is a directory's, whatever its type, and what it holds is skipped", () => {
  const next = writeTar([file("next")]);
  for (const flag of ["0", "7", "\0"]) {
    // Read as headers, these would be members.
    const hidden = decodePath(writeTar([file("hidden")]).subarray(0, 1024));
    const entries = [...readTar(together(member(flag, "d/", hidden), next))];
    expect(entries).toEqual([{ ...base, path: "d", type: "directory" }, file("next")]);
    const byRecord = together(pax("x", "size=1024"), forge(member(flag, "d/", hidden), 124, "0".repeat(11)), next);
    expect([...readTar(byRecord)].map(({ path }) => path)).toEqual(["d", "next"]);
  }
});

test("an empty tar is two zero blocks", () => {
  expect(writeTar([])).toEqual(new Uint8Array(1024));
  expect([...readTar(new Uint8Array(1024))]).toEqual([]);
  expect([...readTar(new Uint8Array(0))]).toEqual([]);
});

describe("refuses", () => {
  const failure = (tar: Uint8Array, limits = {}) => {
    try {
      for (const _ of readTar(tar, limits));
    } catch (error) {
      return error instanceof TarError ? `${error.code}: ${error.message}` : String(error);
    }
    return "read";
  };
  const damaged = (change: (tar: Uint8Array) => void) => {
    const tar = writeTar([file("victim")]);
    change(tar);
    return tar;
  };
  const forged = (offset: number, bytes: string, entry = file("victim")) => forge(writeTar([entry]), offset, bytes);
  const withPax = (records: string) =>
    Uint8Array.from([...forged(156, "x", file("p", records)).subarray(0, 1024), ...writeTar([file("victim")])]);

  test.each<[string, Uint8Array, string]>([
    ["a wrong checksum", damaged((tar) => (tar[0] = 0x57)), "checksum: invalid tar header checksum at 0"],
    ["a cut header", writeTar([file("a")]).subarray(0, 300), "truncated: unexpected end of the tar in a header at 0"],
    ["cut contents", writeTar([file("cut")]).subarray(0, 512), "truncated: unexpected end of the tar in cut: 0 of 1"],
    ["letters in a number", forged(124, "notoctal"), "malformed: invalid size"],
    ["a type it does not know", forged(156, "Z"), 'unsupported: unsupported tar entry type "Z": victim'],
    [
      "holes beyond the end",
      withPax("26 GNU.sparse.map=0,1,9,1\n"),
      "malformed: malformed sparse map of victim: extent",
    ],
    ["a map of words", withPax("24 GNU.sparse.map=0,one\n"), "malformed: malformed sparse map of victim"],
    ["a lone zero block", Uint8Array.from([...new Uint8Array(512), ...writeTar([file("a")])]), "malformed: a lone"],
    ["a bad pax record", forged(156, "x", file("p", "nonsense")), "malformed: malformed pax record at byte 0 of p"],
    ["a pax length beyond the end", forged(156, "x", file("p", "99 a=b\n")), "malformed: malformed pax record"],
    ["a negative pax size", withPax("11 size=-1\n"), "malformed: negative pax size -1 in victim"],
    ["a fractional pax uid", withPax("11 uid=1.5\n"), 'malformed: invalid pax uid "1.5" in victim'],
  ])("%s", (_, tar, message) => expect(failure(tar)).toContain(message));

  test("more than its limits", () => {
    const tar = writeTar([file("one", "11"), file("two", "22")]);
    expect(failure(tar, { entries: 1 })).toBe("limit: more than 1 entries at two");
    expect(failure(tar, { totalBytes: 3 })).toBe("limit: contents exceed 3 bytes at two");
    expect(failure(writeTar([file("p".repeat(50))]), { pathBytes: 40 })).toContain("limit: path longer than 40 bytes");
    expect(failure(writeTar([file("p".repeat(500))]), { headerBytes: 40 })).toContain("limit: extended header of");
    const global = together(pax("g", "path=12345"), pax("g", "comment=not counted"), pax("g", "uid=1"), tar);
    expect(failure(global, { globalBytes: 12 })).toBe("limit: global headers of 13 bytes exceed 12 at pax");
    expect(failure(global, { globalBytes: 13 })).toBe("read");
  });

  test.each([
    ["xattrs", Array.from({ length: 20_000 }, (_, i) => `SCHILY.xattr.user.${i}=v`)],
    ["a map", [`GNU.sparse.map=${"0,0,".repeat(200_000)}0,0`]],
    ["a number", [`uid=${"0".repeat(1_000_000)}1`]],
  ])("global records that each member would read anew: %s", (_, records) => {
    expect(failure(together(pax("g", ...records), writeTar([file("a")])))).toContain("limit: global headers of");
  });

  test("what a directory holds that the tar does not", () => {
    expect(failure(member("0", "d/", "x").subarray(0, 512))).toContain("truncated: unexpected end of the tar in d");
  });

  test("a device number that does not fit", () => {
    expect(() => writeTar([{ ...base, path: "dev", type: "character", major: 2 ** 22, minor: 0 }])).toThrow(
      "device number 4194304:0 of dev does not fit in a tar",
    );
  });
});

const hasTar = spawnSync("tar", ["--version"]).status === 0;
describe.skipIf(!hasTar)("beside GNU tar (skipped where there is none)", () => {
  const scratch = () => mkdtempSync(join(tmpdir(), "tar-"));
  test.each(["gnu", "pax", "ustar", "v7", "oldgnu"])("reads its %s format", (format) => {
    const dir = scratch();
    const long = format === "gnu" || format === "pax" || format === "oldgnu";
    const deep = long ? Array(30).fill("deep-directory").join("/") : "deep";
    mkdirSync(join(dir, deep), { recursive: true });
    writeFileSync(join(dir, deep, "file"), "contents");
    symlinkSync(long ? "t".repeat(150) : "t", join(dir, "link"));
    const owner = format === "gnu" ? ["--owner=:3000000000", "--group=:1"] : ["--owner=:5", "--group=:1"];
    const tar = execFileSync("tar", [`--format=${format}`, ...owner, "--sort=name", "-cf", "-", "-C", dir, "."]);
    const entries = [...readTar(tar)];
    rmSync(dir, { recursive: true });
    const found = entries.find(({ path }) => path === `./${deep}/file`)!;
    expect(new TextDecoder().decode(found.contents as Uint8Array)).toBe("contents");
    expect(found).toMatchObject({ type: "file", uid: format === "gnu" ? 3_000_000_000 : 5, gid: 1 });
    expect(entries.find(({ path }) => path === "./link")!.linkname).toBe(long ? "t".repeat(150) : "t");
    expect(entries[0]).toMatchObject({ path: ".", type: "directory" });
  });

  test("is read by it", () => {
    const listable = cases.map(([, entry]) => entry).filter(({ type }) => type !== "hardlink");
    const listing = execFileSync("tar", ["--quoting-style=literal", "--null", "-tf", "-"], {
      input: writeTar(listable),
    });
    const listed = listable.map(({ path, type }) => (type === "directory" ? `${path}/` : path));
    expect(decodePath(listing)).toBe(listed.map((path) => `${path}\n`).join(""));
  });

  test.each([
    ["gnu", "0.0"],
    ["posix", "0.0"],
    ["posix", "0.1"],
    ["posix", "1.0"],
  ])("reads its sparse files of format %s %s", (format, version) => {
    const dir = scratch();
    // Enough extents for old headers' extensions.
    const fd = openSync(join(dir, "s"), "w");
    for (let i = 0; i < 40; i++) writeSync(fd, `part ${i}`, i * 100_000);
    ftruncateSync(fd, 5_000_000);
    closeSync(fd);
    const tar = execFileSync("tar", [`--format=${format}`, `--sparse-version=${version}`, "-Scf", "-", "-C", dir, "s"]);
    const contents = [...readTar(tar)][0]!.contents!;
    expect(contents).toBeInstanceOf(SparseBytes);
    expect(Buffer.compare(wholeOf(contents), readFileSync(join(dir, "s")))).toBe(0);
    rmSync(dir, { recursive: true });
  });

  test("unpacks our sparse files, names and times", () => {
    const dir = scratch();
    const entry = { ...file(everyName), mtime: { seconds: 1_700_000_000, nanoseconds: 123_456_789 }, contents: holes };
    execFileSync("tar", ["-xf", "-", "-C", dir], { input: writeTar([entry]) });
    const path = Buffer.concat([Buffer.from(`${dir}/`), encodePath(everyName)]);
    const { size, blocks, mtimeNs } = statSync(path, { bigint: true });
    expect([size, mtimeNs]).toEqual([10n * 2n ** 30n, 1_700_000_000_123_456_789n]);
    expect(blocks).toBeLessThan(1000n);
    const fd = openSync(path, "r");
    const part = Buffer.alloc(4);
    readSync(fd, part, 0, 4, 2 ** 33 - 1);
    closeSync(fd);
    expect(part.toString()).toBe("\x00222");
    rmSync(dir, { recursive: true });
  });
});
