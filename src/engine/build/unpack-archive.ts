/** ADD of a local tar archive unpacks it. What it is, its first bytes tell, not its name. */
import { fileNode, type TreeNode } from "../../machine/ninep/tree.js";
import { type TarEntry, TarError } from "../../shared/tar/entry.js";
import { readTar } from "../../shared/tar/read-tar.js";
import { gunzip } from "../content/gunzip.js";
import { ContentError } from "../content/store.js";
import { BuildError } from "./build-error.js";
import { join, type LayerDraft, nameOf, parentOf } from "./layer-draft.js";

/** Most that one archive may come to. */
const MAX_BYTES = 2 ** 30;

/** @returns undefined for anything but an archive. @throws {BuildError} for compression that is not supported. */
export async function openArchive(bytes: Uint8Array): Promise<Iterable<TarEntry> | undefined> {
  const compression = compressionOf(bytes);
  if (compression && compression !== "gzip")
    throw new BuildError(`ADD of ${compression} archives is not supported: unpack it, or compress it with gzip`);
  const tar = compression ? await unzipped(bytes) : bytes;
  return tar && beginsWithEntry(tar) ? readTar(tar) : undefined;
}

/**
 * Writes `entries` below `destination`, which no link of theirs leaves. What they replace goes, whatever it is; only a
 * directory stays where another comes.
 * @param owner of everything, instead of the archive's own.
 */
export function unpackInto(
  draft: LayerDraft,
  destination: string,
  entries: Iterable<TarEntry>,
  owner?: { uid: number; gid: number },
): void {
  const root = draft.makeDirectory(destination, owner);
  for (const entry of entries) {
    const path = cleanPath(entry.path);
    if (path === "") continue;
    const parent = makeParent(draft, root, parentOf(`/${path}`), path);
    const node = nodeOf(entry, draft, root);
    // A link is another name of what has its owner already.
    draft.replace(join(parent, nameOf(path)), entry.type === "hardlink" ? node : { ...node, ...owner });
  }
}

/** Directories that the archive leaves out; a link that leads to nothing is there, and leads to nothing. */
function makeParent(draft: LayerDraft, root: string, parent: string, path: string): string {
  const link = draft.at(join(draft.real(parentOf(parent), root), nameOf(parent)), { follow: false })?.node;
  const isDangling = link?.type === "symlink" && !draft.at(draft.real(parent, root));
  if (isDangling) throw new BuildError(`open /${path}: no such file or directory`);
  return draft.makeDirectory(parent, {}, root);
}

function compressionOf(bytes: Uint8Array): "gzip" | "bzip2" | "xz" | "zstd" | undefined {
  const starts = (...magic: number[]) => magic.every((byte, index) => bytes[index] === byte);
  if (starts(0x1f, 0x8b, 0x08)) return "gzip";
  if (starts(0x42, 0x5a, 0x68)) return "bzip2";
  if (starts(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00)) return "xz";
  if (starts(0x28, 0xb5, 0x2f, 0xfd)) return "zstd";
  return undefined;
}

/** Undefined for what only begins like gzip. */
async function unzipped(bytes: Uint8Array): Promise<Uint8Array | undefined> {
  try {
    return await gunzip(bytes, MAX_BYTES);
  } catch (error) {
    if (error instanceof ContentError && error.code === "malformed") return undefined;
    throw error;
  }
}

function beginsWithEntry(bytes: Uint8Array): boolean {
  try {
    return readTar(bytes)[Symbol.iterator]().next().done !== true;
  } catch (error) {
    if (error instanceof TarError) return false;
    throw error;
  }
}

function nodeOf(entry: TarEntry, draft: LayerDraft, root: string): TreeNode {
  const { mode, uid, gid, mtime, xattrs } = entry;
  const attributes = { mode, uid, gid, mtime, ...(xattrs && { xattrs }) };
  switch (entry.type) {
    case "file":
      return fileNode(entry.contents ?? new Uint8Array(), attributes);
    case "directory":
      return { ...attributes, type: "directory", children: new Map() };
    case "symlink":
      return { ...attributes, type: "symlink", target: entry.linkname ?? "" };
    case "hardlink": {
      const path = `/${cleanPath(entry.linkname ?? "")}`;
      const node = draft.at(join(draft.real(parentOf(path), root), nameOf(path)), { follow: false })?.node;
      if (!node) throw new BuildError(`invalid archive: ${entry.path} links to ${entry.linkname}, which is not there`);
      return node;
    }
    default:
      return { ...attributes, type: entry.type, major: entry.major ?? 0, minor: entry.minor ?? 0 };
  }
}

function cleanPath(path: string): string {
  const parts = path.split("/").filter((part) => part !== "" && part !== ".");
  if (parts.includes("..")) throw new BuildError(`invalid archive: ${path} leads outside`);
  return parts.join("/");
}
