/** Where a container's program is, as far as its image says it: then the guest need not search for it. */
import { searchedDirectories } from "../../shared/birth/program-calls.js";
import type { RuntimeSpec } from "../../shared/oci/runtime.js";
import type { LayeredTree } from "./layered-tree.js";

const EXECUTABLE = 0o111;

/** Undefined where something else than the image may decide: a mount, or permissions that depend on who asks. */
export function knownProgram(tree: LayeredTree, { process, mounts }: RuntimeSpec): string | undefined {
  const name = process.args[0]!;
  if (name === "" || name.includes("/")) return undefined;
  for (const directory of searchedDirectories(process.env)) {
    const path = `${directory}/${name}`;
    if (!directory.startsWith("/") || mounts.some(({ destination }) => path.startsWith(`${destination}/`)))
      return undefined;
    const found = tree.lookup(path);
    if (!found) continue;
    const { node } = found;
    return node.type === "file" && (node.mode & EXECUTABLE) === EXECUTABLE ? path : undefined;
  }
  return undefined;
}
