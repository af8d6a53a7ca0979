import { formatTime } from "../files/file-attributes.js";
import { SparseBytes } from "../files/sparse-bytes.js";
import { encodePath } from "../text/path-bytes.js";
import { writeUtf8 } from "../text/utf8.js";
import { BLOCK_BYTES, Field, padded, type TarEntry, type TarEntryType, TarError, XATTR_PREFIX } from "./entry.js";
import { sparseMember } from "./sparse-map.js";

const typeflags: Record<TarEntryType, string> = {
  file: "0",
  hardlink: "1",
  symlink: "2",
  character: "3",
  block: "4",
  directory: "5",
  fifo: "6",
};

const MAX_OCTAL_7 = 0o7777777;
const MAX_OCTAL_11 = 0o77777777777;

type Records = Map<string, string | Uint8Array>;

/** A member with what its headers will hold, so that the whole size is known before a byte is written. */
interface Plan {
  entry: TarEntry;
  name: string;
  prefix: string;
  linkname: string;
  uid: number;
  gid: number;
  /** Of `stored`. */
  size: number;
  mtime: number;
  pax?: Uint8Array;
  /** What follows the headers, in order. */
  stored: Uint8Array[];
}

/**
 * One tar of `entries` in their order: ustar headers, with pax headers where ustar cannot say it (long names, names
 * that are not ASCII, large ids and sizes, fractions of seconds, xattrs, holes). The same entries give the same bytes;
 * contents are copied once.
 * @throws {TarError} `unsupported`, naming the entry that a tar cannot hold.
 */
export function writeTar(entries: Iterable<TarEntry>): Uint8Array {
  const plans = Array.from(entries, plan);
  const tar = new Uint8Array(plans.reduce((sum, each) => sum + plannedBytes(each), 2 * BLOCK_BYTES));
  let at = 0;
  for (const each of plans) at = writeMember(tar, at, each);
  return tar;
}

function plan(entry: TarEntry): Plan {
  const records: Records = new Map();
  const { path, stored } = planContents(entry, records);
  const size = stored.reduce((sum, part) => sum + part.length, 0);
  const [prefix, name] = fitPath(path) ?? overflow(records, "path", path);
  const link = entry.linkname ?? "";
  const [, linkname] = fits(link, 100) ? ["", link] : overflow(records, "linkpath", link);
  const { seconds, nanoseconds } = entry.mtime;
  if (nanoseconds > 0 || seconds < 0 || seconds > MAX_OCTAL_11) records.set("mtime", formatTime(entry.mtime));
  for (const [key, value, max] of [
    ["uid", entry.uid, MAX_OCTAL_7],
    ["gid", entry.gid, MAX_OCTAL_7],
    ["size", size, MAX_OCTAL_11],
  ] as const)
    if (value > max) records.set(key, String(value));
  addXattrs(entry, records);
  return {
    entry,
    name,
    prefix,
    linkname,
    size,
    uid: octalOrZero(entry.uid, MAX_OCTAL_7),
    gid: octalOrZero(entry.gid, MAX_OCTAL_7),
    mtime: octalOrZero(seconds, MAX_OCTAL_11),
    pax: records.size > 0 ? encodeRecords(records) : undefined,
    stored,
  };
}

/** The path that the headers have, and what is stored. */
function planContents({ path, type, contents }: TarEntry, records: Records): { path: string; stored: Uint8Array[] } {
  if (path === "" || path.includes("\0")) throw new TarError("unsupported", `invalid path ${JSON.stringify(path)}`);
  if (type === "directory") return { path: `${path}/`, stored: [] };
  if (type !== "file" || !contents) return { path, stored: [] };
  if (!(contents instanceof SparseBytes)) return { path, stored: [contents] };
  const sparse = sparseMember(path, contents);
  for (const [key, value] of sparse.records) records.set(key, value);
  return sparse;
}

function addXattrs({ path, xattrs }: TarEntry, records: Records): void {
  for (const [name, value] of xattrs ?? []) {
    if (name.includes("=")) throw new TarError("unsupported", `xattr ${name} of ${path}: a tar ends its name at the =`);
    records.set(XATTR_PREFIX + name, value);
  }
}

/** `path` as ustar's prefix and name, or undefined where it takes a pax record. */
function fitPath(path: string): [string, string] | undefined {
  if (fits(path, 100)) return ["", path];
  if (!fits(path, 256)) return undefined;
  const slash = path.indexOf("/", Math.max(path.length - 101, 1));
  if (slash < 0 || slash > 155 || slash === path.length - 1) return undefined;
  return [path.slice(0, slash), path.slice(slash + 1)];
}

/** Puts `text` in a pax record; the header keeps its beginning, for readers without pax. */
function overflow(records: Records, key: string, text: string): [string, string] {
  records.set(key, text);
  return ["", text.replace(/[^\x20-\x7e]/g, "_").slice(0, 100)];
}

function fits(text: string, length: number): boolean {
  return text.length <= length && /^[\x01-\x7f]*$/.test(text);
}

function octalOrZero(value: number, max: number): number {
  return value >= 0 && value <= max ? value : 0;
}

/** `<length> <key>=<value>\n` each, the length counting itself; sorted, so that the bytes are stable. */
function encodeRecords(records: Records): Uint8Array {
  return concatenated(
    [...records]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, value]) => encodeRecord(encodePath(key), typeof value === "string" ? encodePath(value) : value)),
  );
}

function encodeRecord(key: Uint8Array, value: Uint8Array): Uint8Array {
  const rest = 1 + key.length + 1 + value.length + 1;
  let length = rest + String(rest).length;
  while (rest + String(length).length !== length) length = rest + String(length).length;
  return concatenated([encodePath(`${length} `), key, Uint8Array.of(0x3d), value, Uint8Array.of(0x0a)]);
}

function concatenated(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function plannedBytes({ pax, size }: Plan): number {
  return (pax ? BLOCK_BYTES + padded(pax.length) : 0) + BLOCK_BYTES + padded(size);
}

function writeMember(tar: Uint8Array, start: number, member: Plan): number {
  let at = start;
  const { entry, pax } = member;
  if (pax) {
    const name = `PaxHeaders.0/${member.name.replace(/\/$/, "").replace(/^.*\//, "")}`.slice(0, 100);
    const header = { name, prefix: "", linkname: "", mode: 0o644, uid: 0, gid: 0, size: pax.length, mtime: 0 };
    writeHeader(tar.subarray(at, at + BLOCK_BYTES), { ...header, typeflag: "x" });
    tar.set(pax, at + BLOCK_BYTES);
    at += BLOCK_BYTES + padded(pax.length);
  }
  const { major, minor } = deviceNumbers(entry);
  const header = { ...member, size: octalOrZero(member.size, MAX_OCTAL_11), mode: entry.mode & 0o7777, major, minor };
  writeHeader(tar.subarray(at, at + BLOCK_BYTES), { ...header, typeflag: typeflags[entry.type] });
  at += BLOCK_BYTES;
  const end = at + padded(member.size);
  for (const part of member.stored) {
    tar.set(part, at);
    at += part.length;
  }
  return end;
}

function deviceNumbers({ path, type, major = 0, minor = 0 }: TarEntry): { major?: number; minor?: number } {
  if (type !== "character" && type !== "block") return {};
  if (major > MAX_OCTAL_7 || minor > MAX_OCTAL_7)
    throw new TarError("unsupported", `device number ${major}:${minor} of ${path} does not fit in a tar`);
  return { major, minor };
}

interface Header {
  name: string;
  prefix: string;
  linkname: string;
  mode: number;
  uid: number;
  gid: number;
  size: number;
  mtime: number;
  typeflag: string;
  major?: number;
  minor?: number;
}

function writeHeader(block: Uint8Array, header: Header): void {
  const text = (field: readonly [number, number], value: string) => writeUtf8(value, block, field[0]);
  const octal = (field: readonly [number, number], value: number) =>
    writeUtf8(value.toString(8).padStart(field[1] - 1, "0"), block, field[0]);
  text(Field.name, header.name);
  octal(Field.mode, header.mode);
  octal(Field.uid, header.uid);
  octal(Field.gid, header.gid);
  octal(Field.size, header.size);
  octal(Field.mtime, header.mtime);
  text(Field.type, header.typeflag);
  text(Field.linkname, header.linkname);
  text(Field.magic, "ustar\x0000");
  octal(Field.major, header.major ?? 0);
  octal(Field.minor, header.minor ?? 0);
  text(Field.prefix, header.prefix);
  text(Field.checksum, "        ");
  const sum = block.reduce((total, byte) => total + byte, 0);
  text(Field.checksum, `${sum.toString(8).padStart(6, "0")}\0 `);
}
