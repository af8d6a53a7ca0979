import type { CollectedEntry } from "../../protocol/commands.js";
import type { TarEntry } from "../../shared/tar/entry.js";
import { writeTar } from "../../shared/tar/write-tar.js";
import { LayerError } from "./layer-store.js";
import { OPAQUE_MARKER, WHITEOUT_PREFIX } from "./whiteouts.js";

/**
 * The layer tar of what an overlay's upper directory holds: whiteouts and opaque directories as marker files, parents
 * before children, names sorted, so that the same changes give the same bytes.
 * @param contents the regular files' bytes, found by each entry's `offset` and `size`.
 * @throws {LayerError} naming an entry whose contents or link target are not there.
 */
export function layerTar(entries: readonly CollectedEntry[], contents: Uint8Array): Uint8Array {
  const sorted = entries.filter(({ path }) => path !== "" && path !== ".").sort(byPath);
  const tarEntries = withLinksAfterFiles(sorted).flatMap((entry) => toTar(entry, contents));
  return writeTar(tarEntries);
}

/** A parent sorts before its children, and those before its next sibling. */
function byPath(a: CollectedEntry, b: CollectedEntry): number {
  const [left, right] = [a.path.split("/"), b.path.split("/")];
  for (let i = 0; i < Math.min(left.length, right.length); i++)
    if (left[i] !== right[i]) return left[i]! < right[i]! ? -1 : 1;
  return left.length - right.length;
}

/** Of the names of one file the first in order holds the contents. */
function withLinksAfterFiles(sorted: CollectedEntry[]): CollectedEntry[] {
  const files = new Map(sorted.filter(({ type }) => type !== "hardlink").map((entry) => [entry.path, entry]));
  const placed = new Map<string, string>();
  return sorted.map((entry) => {
    const key = entry.type === "hardlink" ? entry.linkname! : entry.path;
    const file = files.get(key);
    if (!file)
      throw new LayerError(`${entry.path} is a hard link to ${entry.linkname}, which is not among the changes`);
    const first = placed.get(key);
    if (first === undefined) placed.set(key, entry.path);
    return first === undefined
      ? { ...file, path: entry.path }
      : { ...file, ...entry, type: "hardlink", linkname: first };
  });
}

function toTar(entry: CollectedEntry, contents: Uint8Array): TarEntry[] {
  const { path, type, mode, uid, gid } = entry;
  const mtimeMs = entry.mtime * 1000;
  if (type === "whiteout") return [marker(path.replace(/[^/]+$/, `${WHITEOUT_PREFIX}$&`), mtimeMs)];
  const { linkname, major, minor } = entry;
  const tarEntry: TarEntry = { path, type, mode, uid, gid, mtimeMs, linkname, major, minor };
  if (type === "file") tarEntry.contents = contentsOf(entry, contents);
  if (entry.xattrs && type !== "hardlink") tarEntry.xattrs = decodeXattrs(entry.xattrs);
  return type === "directory" && entry.opaque ? [tarEntry, marker(`${path}/${OPAQUE_MARKER}`, mtimeMs)] : [tarEntry];
}

function marker(path: string, mtimeMs: number): TarEntry {
  return { path, type: "file", mode: 0o600, uid: 0, gid: 0, mtimeMs };
}

function contentsOf({ path, offset = 0, size = 0 }: CollectedEntry, contents: Uint8Array): Uint8Array {
  if (offset + size > contents.length)
    throw new LayerError(`contents of ${path} end at ${offset + size}, beyond the ${contents.length} collected bytes`);
  return contents.subarray(offset, offset + size);
}

function decodeXattrs(xattrs: Record<string, string>): Map<string, Uint8Array> {
  const decode = (text: string) => Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  return new Map(Object.entries(xattrs).map(([name, value]) => [name, decode(value)]));
}
