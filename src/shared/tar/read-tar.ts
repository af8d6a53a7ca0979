import { type FileTime, parseTime } from "../files/file-attributes.js";
import type { FileData } from "../files/sparse-bytes.js";
import { decodePath, pathLength } from "../text/path-bytes.js";
import { decodeUtf8 } from "../text/utf8.js";
import { BLOCK_BYTES, Field, padded, type TarEntry, type TarEntryType, TarError } from "./entry.js";
import { isUsed, MemberRecords, type PaxRecords, parsePaxRecords } from "./pax.js";
import {
  extentsOf,
  OLD_SPARSE_IN_EXTENSION,
  OLD_SPARSE_IN_HEADER,
  parseMapRecord,
  readDataMap,
  SPARSE_MAP,
  type SparseMap,
  sparseData,
} from "./sparse-map.js";

/** Bounds on what a tar may ask of the reader. */
export interface TarLimits {
  entries: number;
  /** Sum of the members' contents, in bytes; holes do not count. */
  totalBytes: number;
  /** Bytes of one path or link target. */
  pathBytes: number;
  /** Bytes of one pax header or GNU long name. */
  headerBytes: number;
  /** Bytes that pax global headers have told and that are in use: each member reads them anew. */
  globalBytes: number;
}

export const DEFAULT_TAR_LIMITS: TarLimits = {
  entries: 1_000_000,
  totalBytes: 4 * 2 ** 30,
  pathBytes: 4096,
  headerBytes: 1 << 20,
  globalBytes: 8192,
};

/** NUL is the old spelling of "0"; "7", contiguous, is a file as well. */
const types: Record<string, TarEntryType> = {
  "\0": "file",
  "0": "file",
  "1": "hardlink",
  "2": "symlink",
  "3": "character",
  "4": "block",
  "5": "directory",
  "6": "fifo",
  "7": "file",
  S: "file",
};

/**
 * The members of `tar` in order: ustar, pax, GNU long names, base-256 numbers and sparse files, old V7. Contents are
 * subarrays of `tar`, not copies. Paths are as the tar has them, less the trailing slash.
 * @throws {TarError} naming the member: bad checksum, truncation, malformed or unsupported headers, a limit passed.
 */
export function* readTar(tar: Uint8Array, limits: Partial<TarLimits> = {}): Generator<TarEntry, void, undefined> {
  const bounds = { ...DEFAULT_TAR_LIMITS, ...limits };
  const globals: PaxRecords = new Map();
  let pending: PaxRecords = new Map();
  let total = 0;
  let count = 0;
  for (let at = 0; at < tar.length; ) {
    const header = new HeaderReader(tar, at);
    if (header.isZero()) return endOfArchive(tar, at);
    header.verify();
    const flag = header.typeflag;
    const next = at + BLOCK_BYTES;
    if (flag === "x" || flag === "g" || flag === "L" || flag === "K") {
      const size = header.number("size");
      if (size > bounds.headerBytes)
        throw new TarError("limit", `extended header of ${size} bytes at ${at} exceeds ${bounds.headerBytes}`);
      readExtension(flag, slice(tar, next, size, header.where), flag === "g" ? globals : pending, header.where);
      if (flag === "g") checkGlobals(globals, bounds, header.where);
      at = next + padded(size);
      continue;
    }
    const records = new MemberRecords(globals, pending);
    pending = new Map();
    const entry = header.entry(records);
    checkEntry(entry, bounds, ++count);
    at = next;
    // A directory too, where only its name says that it is one.
    if (types[flag] === "file") {
      const size = paxNumber(records, "size", entry.path) ?? header.number("size");
      total += size;
      if (total > bounds.totalBytes)
        throw new TarError("limit", `contents exceed ${bounds.totalBytes} bytes at ${entry.path}`);
      const old = flag === "S" ? header.oldSparseMap(tar) : undefined;
      const start = old?.end ?? next;
      const stored = slice(tar, start, size, entry.path);
      if (entry.type === "file")
        entry.contents = old ? sparseData(old.map, stored, entry.path) : contentsOf(stored, records, entry.path);
      at = start + padded(size);
    }
    yield entry;
  }
}

/** What a pax member's data stands for: itself, unless records tell of holes. */
function contentsOf(stored: Uint8Array, records: MemberRecords, where: string): FileData {
  if (paxText(records, "GNU.sparse.major") === "1") {
    const size = paxNumber(records, "GNU.sparse.realsize", where) ?? stored.length;
    const { extents, end } = readDataMap(stored, where);
    return sparseData({ size, extents }, stored.subarray(end), where);
  }
  const map = paxText(records, SPARSE_MAP);
  if (map === undefined) return stored;
  const size = paxNumber(records, "GNU.sparse.size", where) ?? stored.length;
  return sparseData({ size, extents: parseMapRecord(map, where) }, stored, where);
}

/** A tar ends with two zero blocks, or just ends; anything after one zero block alone is damage. */
function endOfArchive(tar: Uint8Array, at: number): void {
  const second = at + BLOCK_BYTES;
  if (second + BLOCK_BYTES <= tar.length && !new HeaderReader(tar, second).isZero())
    throw new TarError("malformed", `a lone zero block at ${at}`);
}

function readExtension(flag: string, data: Uint8Array, records: PaxRecords, where: string): void {
  if (flag === "L" || flag === "K") {
    const end = data.indexOf(0);
    records.set(flag === "L" ? "path" : "linkpath", end < 0 ? data : data.subarray(0, end));
    return;
  }
  for (const [key, value] of parsePaxRecords(data, where)) if (isUsed(key)) records.set(key, value);
}

function checkGlobals(globals: PaxRecords, { globalBytes }: TarLimits, where: string): void {
  let bytes = 0;
  for (const [key, value] of globals) bytes += key.length + value.length;
  if (bytes > globalBytes)
    throw new TarError("limit", `global headers of ${bytes} bytes exceed ${globalBytes} at ${where}`);
}

function slice(tar: Uint8Array, start: number, size: number, where: string): Uint8Array {
  if (start + size > tar.length)
    throw new TarError("truncated", `unexpected end of the tar in ${where}: ${tar.length - start} of ${size} bytes`);
  return tar.subarray(start, start + size);
}

function checkEntry(entry: TarEntry, limits: TarLimits, count: number): void {
  if (count > limits.entries) throw new TarError("limit", `more than ${limits.entries} entries at ${entry.path}`);
  for (const text of [entry.path, entry.linkname ?? ""]) {
    if (pathLength(text) > limits.pathBytes)
      throw new TarError("limit", `path longer than ${limits.pathBytes} bytes: ${text.slice(0, 60)}…`);
    if (text.includes("\0")) throw new TarError("malformed", `a NUL in the path ${JSON.stringify(text)}`);
  }
}

function paxNumber(records: MemberRecords, key: string, where: string): number | undefined {
  const text = paxText(records, key);
  if (text === undefined) return undefined;
  if (!/^-?\d+$/.test(text) || !Number.isSafeInteger(Number(text)))
    throw new TarError("malformed", `invalid pax ${key} "${text}" in ${where}`);
  if (Number(text) < 0) throw new TarError("malformed", `negative pax ${key} ${text} in ${where}`);
  return Number(text);
}

function paxTime(records: MemberRecords, where: string): FileTime | undefined {
  const text = paxText(records, "mtime");
  const time = text === undefined ? undefined : parseTime(text);
  if (text !== undefined && !time) throw new TarError("malformed", `invalid pax mtime "${text}" in ${where}`);
  return time;
}

class HeaderReader {
  readonly #block: Uint8Array;
  readonly #at: number;

  constructor(tar: Uint8Array, at: number) {
    if (at + BLOCK_BYTES > tar.length)
      throw new TarError("truncated", `unexpected end of the tar in a header at ${at}`);
    this.#block = tar.subarray(at, at + BLOCK_BYTES);
    this.#at = at;
  }

  get where(): string {
    return this.text("name") || `header at ${this.#at}`;
  }

  get typeflag(): string {
    return String.fromCharCode(this.#block[Field.type[0]]!);
  }

  isZero(): boolean {
    return this.#block.every((byte) => byte === 0);
  }

  /** Some old writers summed signed bytes. */
  verify(): void {
    const [start, length] = Field.checksum;
    let unsigned = 0;
    let signed = 0;
    this.#block.forEach((byte, i) => {
      const value = i >= start && i < start + length ? 0x20 : byte;
      unsigned += value;
      signed += value > 127 ? value - 256 : value;
    });
    const stored = this.number("checksum");
    if (stored !== unsigned && stored !== signed)
      throw new TarError("checksum", `invalid tar header checksum at ${this.#at}: ${stored}, not ${unsigned}`);
  }

  text(field: "name" | "linkname" | "prefix"): string {
    const bytes = this.#bytes(field);
    const end = bytes.indexOf(0);
    return decodePath(end < 0 ? bytes : bytes.subarray(0, end));
  }

  /** Octal digits among spaces and NULs, or GNU's base-256, told by the first byte's high bit. */
  number(field: "mode" | "uid" | "gid" | "size" | "mtime" | "checksum" | "major" | "minor" | "realSize"): number {
    return this.#number(field, this.#bytes(field));
  }

  #number(field: string, bytes: Uint8Array): number {
    if (bytes[0]! & 0x80) return this.#base256(field, bytes);
    const text = String.fromCharCode(...bytes).replace(/^[ \0]+|[ \0].*$/gs, "");
    if (!/^[0-7]*$/.test(text))
      throw new TarError("malformed", `invalid ${field} ${JSON.stringify(text)} in the tar header at ${this.#at}`);
    return text === "" ? 0 : Number.parseInt(text, 8);
  }

  entry(records: MemberRecords): TarEntry {
    const path = this.#path(records);
    const type = this.#type(path);
    const entry: TarEntry = {
      path: path.length > 1 ? path.replace(/\/+$/, "") || "/" : path,
      type,
      mode: this.number("mode") & 0o7777,
      uid: paxNumber(records, "uid", path) ?? this.number("uid"),
      gid: paxNumber(records, "gid", path) ?? this.number("gid"),
      mtime: paxTime(records, path) ?? { seconds: this.number("mtime"), nanoseconds: 0 },
    };
    if (path === "") throw new TarError("malformed", `an empty path in the tar header at ${this.#at}`);
    if (type === "symlink" || type === "hardlink")
      entry.linkname = paxText(records, "linkpath") ?? this.text("linkname");
    if (type === "character" || type === "block") {
      entry.major = this.number("major");
      entry.minor = this.number("minor");
    }
    const xattrs = records.xattrs();
    if (xattrs.size > 0) entry.xattrs = xattrs;
    return entry;
  }

  /** The map of a GNU sparse file, and where its data begins: the header has room for four extents only. */
  oldSparseMap(tar: Uint8Array): { map: SparseMap; end: number } {
    const pairs: number[] = [];
    const take = (block: Uint8Array, [start, count]: readonly [number, number]) => {
      for (let at = start; at < start + count * 24; at += 12)
        pairs.push(this.#number("sparse map", block.subarray(at, at + 12)));
      return block[start + count * 24] !== 0;
    };
    let end = this.#at + BLOCK_BYTES;
    for (let more = take(this.#block, OLD_SPARSE_IN_HEADER); more; end += BLOCK_BYTES)
      more = take(slice(tar, end, BLOCK_BYTES, this.where), OLD_SPARSE_IN_EXTENSION);
    return { map: { size: this.number("realSize"), extents: extentsOf(pairs) }, end };
  }

  #path(records: MemberRecords): string {
    const path = paxText(records, "GNU.sparse.name") ?? paxText(records, "path");
    if (path !== undefined) return path;
    // GNU tars ("ustar  ") keep other things where ustar has the prefix.
    const isUstar = decodeUtf8(this.#bytes("magic")).startsWith("ustar\0");
    const prefix = isUstar ? this.text("prefix") : "";
    return prefix ? `${prefix}/${this.text("name")}` : this.text("name");
  }

  #type(path: string): TarEntryType {
    const type = types[this.typeflag];
    if (!type) throw new TarError("unsupported", `unsupported tar entry type "${this.typeflag}": ${path}`);
    return type === "file" && path.endsWith("/") ? "directory" : type;
  }

  #bytes(field: keyof typeof Field): Uint8Array {
    const [start, length] = Field[field];
    return this.#block.subarray(start, start + length);
  }

  #base256(field: string, bytes: Uint8Array): number {
    const isNegative = (bytes[0]! & 0x40) !== 0;
    let value = isNegative ? -1 : 0;
    bytes.forEach((byte, i) => {
      const digit = i === 0 ? (isNegative ? byte | 0x80 : byte & 0x7f) : byte;
      value = i === 0 && isNegative ? digit - 256 : value * 256 + digit;
    });
    if (!Number.isSafeInteger(value) || (isNegative && field !== "mtime"))
      throw new TarError("malformed", `${field} out of range in the tar header at ${this.#at}`);
    return value;
  }
}

function paxText(records: MemberRecords, key: string): string | undefined {
  const value = records.get(key);
  return value && value.length > 0 ? decodePath(value) : undefined;
}
