import { decodePath } from "../text/path-bytes.js";
import { decodeUtf8 } from "../text/utf8.js";
import { TarError } from "./entry.js";
import { SPARSE_MAP, SPARSE_MAP_PARTS } from "./sparse-map.js";

/** Values stay bytes: xattrs are binary. An empty value cancels what came before. */
export type PaxRecords = Map<string, Uint8Array>;

/** `<length> <key>=<value>\n` each (POSIX.1-2001 pax, "extended header"). @throws {TarError} `malformed`. */
export function parsePaxRecords(data: Uint8Array, where: string): PaxRecords {
  const records: PaxRecords = new Map();
  for (let at = 0; at < data.length; ) {
    const space = data.indexOf(0x20, at);
    const digits = space < 0 ? "" : decodeUtf8(data.subarray(at, Math.min(space, at + 20)));
    const end = at + Number(digits);
    const equals = data.indexOf(0x3d, space);
    if (!/^\d+$/.test(digits) || end > data.length || data[end - 1] !== 0x0a || equals < space + 2 || equals >= end)
      throw new TarError("malformed", `malformed pax record at byte ${at} of ${where}`);
    const key = decodePath(data.subarray(space + 1, equals));
    const value = data.subarray(equals + 1, end - 1);
    if (SPARSE_MAP_PARTS.includes(key)) records.set(SPARSE_MAP, listed(records.get(SPARSE_MAP), value));
    else records.set(key, value);
    at = end;
  }
  return records;
}

/** The oldest sparse format repeats its keys, once for each extent: the list is what the next one wrote. */
function listed(before: Uint8Array | undefined, value: Uint8Array): Uint8Array {
  return before ? Uint8Array.from([...before, 0x2c, ...value]) : value;
}
