/**
 * A directory of the caller's, seen by the guest at /root/work: read whole before the guest runs, and brought up to
 * date with what the guest changed when the command ends. Symlinks are neither followed in reading nor in writing.
 */
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  type Stats,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { WorkspaceEntry, WorkspaceSeed } from "../machine/machine.js";

/** Everything below `directory`. Sockets, devices and fifos are left out. @throws {Error} of `fs`, naming the path. */
export function readDirectory(directory: string): WorkspaceSeed[] {
  const seeds: WorkspaceSeed[] = [];
  const visit = (relative: string) => {
    for (const name of readdirSync(join(directory, relative)).sort()) {
      const path = relative === "" ? name : `${relative}/${name}`;
      const file = join(directory, path);
      const stat = lstatSync(file);
      const mode = stat.mode & 0o7777;
      if (stat.isSymbolicLink()) seeds.push({ type: "symlink", path, target: readlinkSync(file) });
      else if (stat.isFile()) seeds.push({ type: "file", path, mode, bytes: readFileSync(file) });
      else if (stat.isDirectory()) {
        seeds.push({ type: "directory", path, mode });
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
  read(path: string): Uint8Array;
}

/** Makes `directory` hold what `workspace` holds, touching only what differs from `before`. */
export function writeBack(directory: string, before: readonly WorkspaceSeed[], workspace: ReadableWorkspace): void {
  const entries = workspace.list().filter((entry) => entry.path !== "");
  const present = new Set(entries.map((entry) => entry.path));
  for (const { path } of before) {
    if (!present.has(path)) rmSync(join(directory, path), { recursive: true, force: true });
  }
  // Parents come before what is in them, so that no entry is written through what the guest made of a parent.
  const known = new Map(before.map((seed) => [seed.path, seed]));
  for (const entry of entries.sort((a, b) => (a.path < b.path ? -1 : 1))) {
    writeEntry(join(directory, entry.path), entry, known.get(entry.path), workspace);
  }
}

function writeEntry(
  file: string,
  entry: WorkspaceEntry,
  seed: WorkspaceSeed | undefined,
  workspace: ReadableWorkspace,
) {
  const now = lstatSync(file, { throwIfNoEntry: false });
  if (now && typeOf(now) !== entry.type) rmSync(file, { recursive: true });
  const mode = entry.mode & 0o7777;
  if (entry.type === "directory") {
    if (!now?.isDirectory()) mkdirSync(file);
  } else if (entry.type === "symlink") {
    if (now?.isSymbolicLink() && readlinkSync(file) === entry.target) return;
    rmSync(file, { force: true });
    symlinkSync(entry.target ?? "", file);
    return;
  } else {
    const bytes = workspace.read(entry.path);
    if (now?.isFile() && seed?.type === "file" && Buffer.compare(seed.bytes, bytes) === 0) {
      if ((now.mode & 0o7777) === mode) return;
    } else writeFileSync(file, bytes);
  }
  if (!now || (now.mode & 0o7777) !== mode) chmodSync(file, mode);
}

function typeOf(stat: Stats): WorkspaceEntry["type"] | "other" {
  if (stat.isSymbolicLink()) return "symlink";
  if (stat.isDirectory()) return "directory";
  return stat.isFile() ? "file" : "other";
}
