/** A directory's contents copied into a layer, as BuildKit's copier has it. */
import type { DirectoryNode, TreeNode } from "../../machine/ninep/tree.js";
import type { PatternMatcher } from "../../shared/patternmatcher/matcher.js";
import type { LayeredTree, MergedNode } from "../containers/layered-tree.js";
import { type LayerDraft, nameOf } from "./layer-draft.js";

export interface TreeCopy {
  source: LayeredTree;
  draft: LayerDraft;
  /** Owner and mode as the instruction wants them. */
  change<N extends TreeNode>(node: N): N;
  /** Only what matches, or is below what matches: COPY --parents. */
  includes?: PatternMatcher;
  excludes?: PatternMatcher;
}

/** Copies what is in `from` into the directory at the real path `to`. */
export function copyTree({ source, draft, change, includes, excludes }: TreeCopy, from: MergedNode, to: string): void {
  const copyChildren = (parent: MergedNode, relative: string, makeParent: () => void) => {
    for (const child of source.children(parent)) copyNode(child, relative + nameOf(child.path), makeParent);
  };
  const copyNode = (found: MergedNode, path: string, makeParent: () => void) => {
    const { node } = found;
    const isExcluded = excludes?.matches(path) ?? false;
    const isIncluded = !isExcluded && (includes?.matches(path) ?? true);
    const target = `${to === "/" ? "" : to}/${path}`;
    if (node.type === "directory") {
      // One that does not match itself is made when something in it does.
      const make = once(() => {
        makeParent();
        draft.writeDirectory(target, change<DirectoryNode>(node));
      });
      if (isIncluded) make();
      if (!isExcluded || excludes!.hasExceptions) copyChildren(found, `${path}/`, make);
    } else if (isIncluded) {
      makeParent();
      draft.writeFile(target, change(node));
    }
  };
  copyChildren(from, "", () => {});
}

function once(work: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) work();
    isDone = true;
  };
}
