/**
 * A directory of the caller's, seen by the guest at /root/work: read whole before the guest runs, and brought up to
 * date with what the guest changed when the command ends. Symlinks are neither followed in reading nor in writing.
 *
 * Names are kept byte for byte, times as well as Node can: it reads nanoseconds, and sets microseconds. It has no
 * calls for xattrs, which neither come nor go, nor for holes: zeros of a file that has some are read, and not kept.
 */
import {
  type BigIntStats,
  chmodSync,
  closeSync,
  ftruncateSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  readSync,
  rmSync,
  symlinkSync,
  writeSync,
} from "node:fs";
import type { WorkspaceEntry, WorkspaceSeed } from "../machine/machine.js";
import { type FileTime, isSameTime } from "../shared/files/file-attributes.js";
import { type Extent, type FileData, HOLES_WORTH_BYTES, SparseBytes } from "../shared/files/sparse-bytes.js";
import { compareNames, comparePaths, decodePath, encodePath } from "../shared/text/path-bytes.js";

/** How finely holes are looked for. */
const PART_BYTES = 1 << 16;
const ZEROS = Buffer.alloc(PART_BYTES);

/** Everything below `directory`. Sockets, devices and fifos are left out. @throws {Error} of `fs`, naming the path. */
export function readDirectory(directory: string): WorkspaceSeed[] {
  const seeds: WorkspaceSeed[] = [];
  const visit = (relative: string) => {
    const names = readdirSync(fileAt(directory, relative), { encoding: "buffer" }).map(decodePath);
    for (const name of names.sort(compareNames)) {
      const path = relative === "" ? name : `${relative}/${name}`;
      const file = fileAt(directory, path);
      const stat = lstatSync(file, { bigint: true });
      const common = { path, mtime: timeOf(stat) };
      const mode = permissionsOf(stat);
      if (stat.isSymbolicLink()) seeds.push({ ...common, type: "symlink", target: targetOf(file) });
      else if (stat.isFile()) seeds.push({ ...common, type: "file", mode, bytes: readData(file, stat) });
      else if (stat.isDirectory()) {
        seeds.push({ ...common, type: "directory", mode });
        visit(path);
      }
    }
  };
  visit("");
  return seeds;
}

/** The workspace as `writeBack` reads it. */
export interface ReadableWorkspace {
  list(): WorkspaceEntry[];
  data(path: string): FileData;
}

/** Makes `directory` what the workspace is; files that nobody changed since `before` are not touched. */
export function writeBack(directory: string, before: readonly WorkspaceSeed[], workspace: ReadableWorkspace): void {
  const entries = workspace.list().sort((a, b) => comparePaths(a.path, b.path));
  const present = new Set(entries.map((entry) => entry.path));
  for (const { path } of before) {
    if (!present.has(path)) rmSync(fileAt(directory, path), { recursive: true, force: true });
  }
  // Parents come before what is in them, so that no entry is written through what the guest made of a parent.
  const known = new Map(before.map((seed) => [seed.path, seed]));
  for (const entry of entries) {
    writeEntry(fileAt(directory, entry.path), entry, known.get(entry.path), workspace);
  }
  // A directory's time changes with what is put in it.
  for (const entry of entries.toReversed()) writeTime(fileAt(directory, entry.path), entry.mtime);
}

function writeEntry(
  file: Buffer,
  entry: WorkspaceEntry,
  seed: WorkspaceSeed | undefined,
  workspace: ReadableWorkspace,
): void {
  const found = lstatSync(file, { bigint: true, throwIfNoEntry: false });
  const now = found && typeOf(found) === entry.type ? found : undefined;
  if (found && !now) rmSync(file, { recursive: true });
  if (entry.type === "symlink") {
    if (now && targetOf(file) === entry.target) return;
    rmSync(file, { force: true });
    symlinkSync(encodePath(entry.target ?? "") as Buffer, file);
    return;
  }
  if (entry.type === "directory") {
    if (!now) mkdirSync(file);
  } else {
    const data = workspace.data(entry.path);
    if (!now || seed?.type !== "file" || !isSameData(seed.bytes, data)) writeData(file, data);
  }
  if (!now || permissionsOf(now) !== entry.mode) chmodSync(file, entry.mode);
}

function writeTime(file: Buffer, mtime: FileTime): void {
  if (isSameTime(timeOf(lstatSync(file, { bigint: true })), mtime)) return;
  const seconds = mtime.seconds + mtime.nanoseconds / 1e9;
  lutimesSync(file, seconds, seconds);
}

function writeData(file: Buffer, data: FileData): void {
  const fd = openSync(file, "w");
  try {
    if (data instanceof SparseBytes) {
      for (const { offset, length } of data.extents) writeSync(fd, data.read(offset, length), 0, length, offset);
      ftruncateSync(fd, data.size);
    } else for (let at = 0; at < data.length; ) at += writeSync(fd, data, at);
  } finally {
    closeSync(fd);
  }
}

function readData(file: Buffer, stat: BigIntStats): FileData {
  const size = Number(stat.size);
  if (size - Number(stat.blocks) * 512 <= HOLES_WORTH_BYTES) return readFileSync(file);
  const parts: Buffer[] = [];
  const extents: Extent[] = [];
  const part = Buffer.alloc(PART_BYTES);
  const fd = openSync(file, "r");
  try {
    for (let offset = 0, length = 0; offset < size; offset += length) {
      length = readSync(fd, part, 0, PART_BYTES, offset);
      if (length === 0) break;
      if (part.compare(ZEROS, 0, length, 0, length) === 0) continue;
      parts.push(Buffer.from(part.subarray(0, length)));
      extents.push({ offset, length });
    }
  } finally {
    closeSync(fd);
  }
  return new SparseBytes(size, extents, Buffer.concat(parts));
}

function isSameData(a: FileData, b: FileData): boolean {
  // What nobody wrote to is still what was given.
  if (a instanceof SparseBytes || b instanceof SparseBytes) return a === b;
  return Buffer.compare(a, b) === 0;
}

function fileAt(directory: string, path: string): Buffer {
  return Buffer.concat([Buffer.from(`${directory}/`), encodePath(path)]);
}

function targetOf(link: Buffer): string {
  return decodePath(readlinkSync(link, { encoding: "buffer" }));
}

function permissionsOf(stat: BigIntStats): number {
  return Number(stat.mode & 0o7777n);
}

function timeOf({ mtimeNs }: BigIntStats): FileTime {
  const nanoseconds = Number(((mtimeNs % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n);
  return { seconds: Number((mtimeNs - BigInt(nanoseconds)) / 1_000_000_000n), nanoseconds };
}

function typeOf(stat: BigIntStats): WorkspaceEntry["type"] | "other" {
  if (stat.isSymbolicLink()) return "symlink";
  if (stat.isDirectory()) return "directory";
  return stat.isFile() ? "file" : "other";
}
