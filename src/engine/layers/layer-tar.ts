import { type CollectedEntry, collectedData } from "../../protocol/collected-entry.js";
import type { FileTime } from "../../shared/files/file-attributes.js";
import type { TarEntry } from "../../shared/tar/entry.js";
import { writeTar } from "../../shared/tar/write-tar.js";
import { comparePaths } from "../../shared/text/path-bytes.js";
import { LayerError } from "./layer-store.js";
import { OPAQUE_MARKER, WHITEOUT_PREFIX } from "./whiteouts.js";

/**
 * The layer tar of what an overlay's upper directory holds: whiteouts and opaque directories as marker files, parents
 * before children, names sorted by their bytes, so that the same changes give the same bytes.
 * @param contents the regular files' data, one after the other.
 * @throws {LayerError} naming an entry whose contents or link target are not there.
 */
export function layerTar(entries: readonly CollectedEntry[], contents: Uint8Array): Uint8Array {
  const sorted = entries.filter(({ path }) => path !== "" && path !== ".").sort((a, b) => comparePaths(a.path, b.path));
  const tarEntries = withLinksAfterFiles(sorted).flatMap((entry) => toTar(entry, contents));
  return writeTar(tarEntries);
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
  const { path, type, mode, uid, gid, mtime, linkname, major, minor, xattrs } = entry;
  if (type === "whiteout") return [marker(path.replace(/[^/]+$/, `${WHITEOUT_PREFIX}$&`), mtime)];
  const tarEntry: TarEntry = { path, type, mode, uid, gid, mtime, linkname, major, minor };
  if (type === "file") tarEntry.contents = dataOf(entry, contents);
  if (xattrs && type !== "hardlink") tarEntry.xattrs = xattrs;
  return type === "directory" && entry.opaque ? [tarEntry, marker(`${path}/${OPAQUE_MARKER}`, mtime)] : [tarEntry];
}

function marker(path: string, mtime: FileTime): TarEntry {
  return { path, type: "file", mode: 0o600, uid: 0, gid: 0, mtime };
}

function dataOf(entry: CollectedEntry, contents: Uint8Array) {
  try {
    return collectedData(entry, contents);
  } catch (error) {
    throw new LayerError((error as Error).message, { cause: error });
  }
}
