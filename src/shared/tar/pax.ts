import { decodePath } from "../text/path-bytes.js";
import { decodeUtf8 } from "../text/utf8.js";
import { TarError, XATTR_PREFIX } from "./entry.js";
import { SPARSE_MAP, SPARSE_MAP_PARTS } from "./sparse-map.js";

/** Values stay bytes: xattrs are binary. An empty value cancels what came before. */
export type PaxRecords = Map<string, Uint8Array>;

const USED = new Set(["path", "linkpath", "size", "uid", "gid", "mtime"]);
const USED_PREFIXES = [XATTR_PREFIX, "GNU.sparse."];

/** Whether anything is made of the record. */
export function isUsed(key: string): boolean {
  return USED.has(key) || USED_PREFIXES.some((prefix) => key.startsWith(prefix));
}

/** What holds for a member: its own records, and the global ones where it has none of that key. */
export class MemberRecords {
  constructor(
    readonly globals: PaxRecords,
    readonly own: PaxRecords,
  ) {}

  get(key: string): Uint8Array | undefined {
    return this.own.get(key) ?? this.globals.get(key);
  }

  xattrs(): Map<string, Uint8Array> {
    const xattrs = new Map<string, Uint8Array>();
    for (const records of [this.globals, this.own])
      for (const [key, value] of records) if (key.startsWith(XATTR_PREFIX)) xattrs.set(nameOf(key), value);
    for (const [name, value] of xattrs) if (value.length === 0) xattrs.delete(name);
    return xattrs;
  }
}

const nameOf = (key: string) => key.slice(XATTR_PREFIX.length);

/** `<length> <key>=<value>\n` each (POSIX.1-2001 pax, "extended header"). @throws {TarError} `malformed`. */
export function parsePaxRecords(data: Uint8Array, where: string): PaxRecords {
  const records: PaxRecords = new Map();
  const parts: Uint8Array[] = [];
  for (let at = 0; at < data.length; ) {
    const space = data.indexOf(0x20, at);
    const digits = space < 0 ? "" : decodeUtf8(data.subarray(at, Math.min(space, at + 20)));
    const end = at + Number(digits);
    const equals = data.indexOf(0x3d, space);
    if (!/^\d+$/.test(digits) || end > data.length || data[end - 1] !== 0x0a || equals < space + 2 || equals >= end)
      throw new TarError("malformed", `malformed pax record at byte ${at} of ${where}`);
    const key = decodePath(data.subarray(space + 1, equals));
    const value = data.subarray(equals + 1, end - 1);
    if (SPARSE_MAP_PARTS.includes(key)) parts.push(value);
    else records.set(key, value);
    at = end;
  }
  if (parts.length > 0) records.set(SPARSE_MAP, listOf(parts));
  return records;
}

/** The oldest sparse format repeats its keys, once for each extent: the list is what the next one wrote. */
function listOf(parts: readonly Uint8Array[]): Uint8Array {
  const list = new Uint8Array(parts.reduce((bytes, part) => bytes + part.length + 1, -1)).fill(0x2c);
  let at = 0;
  for (const part of parts) {
    list.set(part, at);
    at += part.length + 1;
  }
  return list;
}
