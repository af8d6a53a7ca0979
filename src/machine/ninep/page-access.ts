/** The page's own way to writable files, by path. Paths are relative, `/`-separated. */
import type { FileTime } from "../../shared/files/file-attributes.js";
import type { FileData } from "../../shared/files/sparse-bytes.js";
import { FileType, type NewNode, type Owner, type Place } from "./files.js";
import type { WritableDirectory, WritableFile, WritableFiles, WritableNode } from "./writable-files.js";

const ROOT: Owner = { uid: 0, gid: 0 };
const DIRECTORY_MODE = 0o755;

export function find(files: WritableFiles, path: string): WritableNode | undefined {
  let node: WritableNode = files.root;
  for (const name of namesOf(path)) {
    const child: WritableNode | undefined = node.kind === "directory" ? node.children.get(name) : undefined;
    if (!child) return undefined;
    node = child;
  }
  return node;
}

/** @throws {Error} naming the path, unless a file is there. */
export function findFile(files: WritableFiles, path: string): WritableFile {
  const node = find(files, path);
  if (node?.kind !== "file") throw new Error(`${path} is no file`);
  return node;
}

/** Makes a node and the directories above it that are missing. What is there already is replaced, a directory kept. */
export function put(files: WritableFiles, path: string, what: NewNode, mode: number, data?: FileData): void {
  const names = namesOf(path);
  const name = names.pop();
  if (name === undefined) return;
  let place: Place = { files, node: files.root, name: "", parent: null };
  for (const part of names)
    place = files.lookup(place, part) ?? files.create(place, part, { type: "directory" }, DIRECTORY_MODE, ROOT);
  const there = files.lookup(place, name)?.node as WritableNode | undefined;
  if (there?.kind === "directory" && what.type === "directory") {
    there.mode = FileType.directory | mode;
    return;
  }
  if (there) files.unlink(place, name, there.kind === "directory");
  const made = files.create(place, name, what, mode, ROOT).node as WritableNode;
  if (made.kind !== "file" || !data) return;
  try {
    files.fill(made, data);
  } catch (error) {
    files.unlink(place, name, false);
    throw error;
  }
}

/** Sets the time of what is there: last of all, since a directory's changes with what is put in it. */
export function stamp(files: WritableFiles, path: string, mtime: FileTime): void {
  const node = find(files, path);
  if (node) node.mtime = mtime;
}

/** Every node below the root with its path, parents first. */
export function* walkAll(directory: WritableDirectory, prefix = ""): Generator<[path: string, node: WritableNode]> {
  for (const [name, node] of directory.children) {
    yield [prefix + name, node];
    if (node.kind === "directory") yield* walkAll(node, `${prefix}${name}/`);
  }
}

/** @throws {Error} for a path that leads outside. */
export function namesOf(path: string): string[] {
  const names = path.split("/").filter((name) => name !== "" && name !== ".");
  if (names.includes("..") || path.includes("\0")) throw new Error(`path ${JSON.stringify(path)} leads outside`);
  return names;
}
