import { encodeUtf8, utf8Length, writeUtf8 } from "../text/utf8.js";
import { BLOCK_BYTES, Field, padded, type TarEntry, type TarEntryType, TarError, XATTR_PREFIX } from "./entry.js";

export interface WriteTarOptions {
  /** Keep fractions of seconds, as pax records; otherwise times are cut to whole seconds, as Docker's layers are. */
  fractionalTimes?: boolean;
}

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

/** A member with what its headers will hold, so that the whole size is known before a byte is written. */
interface Plan {
  entry: TarEntry;
  name: string;
  prefix: string;
  linkname: string;
  uid: number;
  gid: number;
  size: number;
  mtime: number;
  pax?: Uint8Array;
}

/**
 * One tar of `entries` in their order: ustar headers, with pax headers where ustar cannot say it (long or non-ASCII
 * names, large ids and sizes, xattrs). The same entries give the same bytes; contents are copied once.
 * @throws {TarError} `unsupported`, naming the entry that a tar cannot hold.
 */
export function writeTar(entries: Iterable<TarEntry>, options: WriteTarOptions = {}): Uint8Array {
  const plans = Array.from(entries, (entry) => plan(entry, options));
  const tar = new Uint8Array(plans.reduce((sum, each) => sum + plannedBytes(each), 2 * BLOCK_BYTES));
  let at = 0;
  for (const each of plans) at = writeMember(tar, at, each);
  return tar;
}

function plan(entry: TarEntry, options: WriteTarOptions): Plan {
  const path = entry.type === "directory" ? `${entry.path}/` : entry.path;
  if (path === "" || path.includes("\0")) throw new TarError("unsupported", `invalid path ${JSON.stringify(path)}`);
  const records = new Map<string, string | Uint8Array>();
  const [prefix, name] = fitPath(path) ?? overflow(records, "path", path);
  const link = entry.linkname ?? "";
  const [, linkname] = fits(link, 100) ? ["", link] : overflow(records, "linkpath", link);
  const size = entry.type === "file" ? (entry.contents?.length ?? 0) : 0;
  const seconds = options.fractionalTimes ? entry.mtimeMs / 1000 : Math.floor(entry.mtimeMs / 1000);
  const mtime = Math.floor(seconds);
  if (mtime !== seconds || mtime < 0 || mtime > MAX_OCTAL_11) records.set("mtime", decimal(seconds));
  for (const [key, value, max] of [
    ["uid", entry.uid, MAX_OCTAL_7],
    ["gid", entry.gid, MAX_OCTAL_7],
    ["size", size, MAX_OCTAL_11],
  ] as const)
    if (value > max) records.set(key, String(value));
  for (const [key, value] of entry.xattrs ?? []) records.set(XATTR_PREFIX + key, value);
  const pax = records.size > 0 ? encodeRecords(records) : undefined;
  return {
    entry,
    name,
    prefix,
    linkname,
    size,
    uid: octalOrZero(entry.uid, MAX_OCTAL_7),
    gid: octalOrZero(entry.gid, MAX_OCTAL_7),
    mtime: octalOrZero(mtime, MAX_OCTAL_11),
    pax,
  };
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
function overflow(records: Map<string, string | Uint8Array>, key: string, text: string): [string, string] {
  records.set(key, text);
  return ["", text.replace(/[^\x20-\x7e]/g, "_").slice(0, 100)];
}

function fits(text: string, length: number): boolean {
  return text.length <= length && /^[\x01-\x7f]*$/.test(text);
}

function octalOrZero(value: number, max: number): number {
  return value >= 0 && value <= max ? value : 0;
}

/** Seconds with at most nine decimals, never in exponent form. */
function decimal(seconds: number): string {
  return Number.isInteger(seconds) ? String(seconds) : seconds.toFixed(9).replace(/0+$/, "");
}

/** `<length> <key>=<value>\n` each, the length counting itself; sorted, so that the bytes are stable. */
function encodeRecords(records: Map<string, string | Uint8Array>): Uint8Array {
  const encoded = [...records]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => encodeRecord(key, typeof value === "string" ? encodeUtf8(value) : value));
  const bytes = new Uint8Array(encoded.reduce((sum, record) => sum + record.length, 0));
  let at = 0;
  for (const record of encoded) {
    bytes.set(record, at);
    at += record.length;
  }
  return bytes;
}

function encodeRecord(key: string, value: Uint8Array): Uint8Array {
  const rest = 1 + utf8Length(key) + 1 + value.length + 1;
  let length = rest + String(rest).length;
  while (rest + String(length).length !== length) length = rest + String(length).length;
  const bytes = new Uint8Array(length);
  const at = writeUtf8(`${length} ${key}=`, bytes, 0);
  bytes.set(value, at);
  bytes[length - 1] = 0x0a;
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
  if (member.size > 0) tar.set(entry.contents!, at);
  return at + padded(member.size);
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
