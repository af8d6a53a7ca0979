/**
 * Writes the archive that the kernel unpacks as its first root: cpio in the "newc" format, whose records are a
 * header of fixed hexadecimal fields, the name, and the data, each padded to four bytes.
 * Source: Linux Documentation/driver-api/early-userspace/buffer-format.rst.
 *
 * The same entries give the same bytes: every time is 0, every owner root, inode numbers follow the order.
 */
export interface CpioEntry {
  /** Relative, without a leading slash; parents come before their children. */
  path: string;
  /** Type and permission bits, as stat's st_mode. */
  mode: number;
  /** Contents of a file, or a symlink's target. */
  data?: Uint8Array;
  /** Of a device node. */
  major?: number;
  minor?: number;
}

const FILE = 0o100000;
const DIRECTORY = 0o040000;
const SYMLINK = 0o120000;
const CHARACTER = 0o020000;

export function file(path: string, data: Uint8Array | string, permissions = 0o644): CpioEntry {
  return { path, mode: FILE | permissions, data: typeof data === "string" ? new TextEncoder().encode(data) : data };
}

export function directory(path: string, permissions = 0o755): CpioEntry {
  return { path, mode: DIRECTORY | permissions };
}

export function symlink(path: string, target: string): CpioEntry {
  return { path, mode: SYMLINK | 0o777, data: new TextEncoder().encode(target) };
}

export function characterDevice(path: string, major: number, minor: number, permissions = 0o600): CpioEntry {
  return { path, mode: CHARACTER | permissions, major, minor };
}

/** Adds the parent directories that are missing, each before its first child. */
export function withParents(entries: readonly CpioEntry[]): CpioEntry[] {
  const known = new Set<string>();
  const result: CpioEntry[] = [];
  for (const entry of entries) {
    const parts = entry.path.split("/");
    for (let depth = 1; depth < parts.length; depth++) {
      const parent = parts.slice(0, depth).join("/");
      if (known.has(parent)) continue;
      known.add(parent);
      result.push(directory(parent));
    }
    if (known.has(entry.path)) throw new RangeError(`two entries for "${entry.path}" in the initrd`);
    known.add(entry.path);
    result.push(entry);
  }
  return result;
}

export function writeCpio(entries: readonly CpioEntry[]): Uint8Array {
  const records = [...entries, { path: "TRAILER!!!", mode: 0 }].map((entry, index) => record(entry, index + 1));
  return Buffer.concat(records);
}

function record(entry: CpioEntry, inode: number): Uint8Array {
  const name = Buffer.from(`${entry.path}\0`);
  const data = entry.data ?? new Uint8Array();
  const links = (entry.mode & 0o170000) === DIRECTORY ? 2 : 1;
  const fields = [inode, entry.mode, 0, 0, links, 0, data.length, 0, 0, entry.major ?? 0, entry.minor ?? 0];
  const header = Buffer.from(`070701${[...fields, name.length, 0].map(hex8).join("")}`);
  return Buffer.concat([header, name, padding(header.length + name.length), data, padding(data.length)]);
}

function hex8(value: number): string {
  return value.toString(16).padStart(8, "0");
}

function padding(length: number): Uint8Array {
  return new Uint8Array(-length & 3);
}
