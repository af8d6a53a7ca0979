import { decodeUtf8 } from "../text/utf8.js";
import { TarError } from "./entry.js";

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
    records.set(decodeUtf8(data.subarray(space + 1, equals)), data.subarray(equals + 1, end - 1));
    at = end;
  }
  return records;
}
