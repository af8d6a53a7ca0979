/** Files of a container as a tar. */
import type { TreeNode } from "../../machine/ninep/tree.js";
import type { TarEntry } from "../../shared/tar/entry.js";
import { writeTar } from "../../shared/tar/write-tar.js";
import { tarEntryOf } from "../layers/tar-entry-of.js";
import type { FoundFile } from "./container-files.js";

/** `node` and all below it, `name` standing for its own path; a file at several names is a hard link at the others. */
export async function filesTar({ tree, node: top }: FoundFile, name: string): Promise<Uint8Array> {
  const entries: TarEntry[] = [];
  const names = new Map<TreeNode, string>();
  const prefix = top.path === "/" ? "" : top.path;
  for (const { path, node } of tree.walk(top)) {
    const own = name + (path === "/" ? "" : path.slice(prefix.length));
    const first = node.type === "file" ? names.get(node) : undefined;
    names.set(node, own);
    const entry = await tarEntryOf(own || ".", node);
    entries.push(first === undefined ? entry : { ...entry, type: "hardlink", linkname: first, contents: undefined });
  }
  return writeTar(entries);
}
