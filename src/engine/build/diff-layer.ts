/** The layer of a RUN step: what the guest collected from the upper directory, as an OCI layer tar. */
import type { CollectedEntry } from "../../protocol/commands.js";
import type { TarEntry } from "../../shared/tar/entry.js";
import { writeTar } from "../../shared/tar/write-tar.js";
import type { Collected } from "../containers/collected.js";
import { OWN_FILES } from "../containers/default-spec.js";

const WHITEOUT = ".wh.";
const OPAQUE = ".wh..wh..opq";

export function layerTarOf({ entries, contents }: Collected): Uint8Array {
  const kept = entries.filter(({ path }) => path !== "" && path !== "." && !OWN_FILES.includes(`/${path}`));
  return writeTar(kept.flatMap((entry) => tarEntries(entry, contents)));
}

function tarEntries(entry: CollectedEntry, contents: Collected["contents"]): TarEntry[] {
  const { path, mode, uid, gid, linkname } = entry;
  const base = { mode, uid, gid, mtimeMs: entry.mtime * 1000, ...xattrsOf(entry) };
  switch (entry.type) {
    case "whiteout":
      return [marker(inDirectory(path, WHITEOUT + nameOf(path)))];
    case "directory":
      return [{ ...base, path, type: "directory" }, ...(entry.opaque ? [marker(`${path}/${OPAQUE}`)] : [])];
    case "file":
      return [{ ...base, path, type: "file", contents: contents(entry) }];
    case "symlink":
    case "hardlink":
      return [{ ...base, path, type: entry.type, linkname }];
    default:
      return [{ ...base, path, type: entry.type, major: entry.major ?? 0, minor: entry.minor ?? 0 }];
  }
}

const marker = (path: string): TarEntry => ({
  path,
  type: "file",
  mode: 0o644,
  uid: 0,
  gid: 0,
  mtimeMs: 0,
  contents: new Uint8Array(),
});

function xattrsOf({ xattrs = {} }: CollectedEntry) {
  const values = Object.entries(xattrs).map(
    ([name, base64]) => [name, Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))] as const,
  );
  return values.length > 0 ? { xattrs: new Map(values) } : {};
}

const nameOf = (path: string) => path.slice(path.lastIndexOf("/") + 1);
const inDirectory = (path: string, name: string) => path.slice(0, path.lastIndexOf("/") + 1) + name;
