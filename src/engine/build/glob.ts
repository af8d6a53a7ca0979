/** Wildcards in the sources of COPY and ADD: Go's path.Match, one path component at a time. */
import { goMatch } from "../../shared/patternmatcher/go-match.js";
import type { LayeredTree, MergedNode } from "../containers/layered-tree.js";
import { nameOf } from "./layer-draft.js";

export function hasWildcard(path: string): boolean {
  return /[*?[]/.test(path.replace(/\\./g, ""));
}

/** What `pattern` matches, in order of names. From its first wildcard on no symlink is followed. @throws {PatternError}. */
export function glob(tree: LayeredTree, pattern: string): MergedNode[] {
  const components = pattern.split("/").filter((part) => part !== "" && part !== ".");
  const first = components.findIndex(hasWildcard);
  const matchers = components.slice(first).map(goMatch);
  const start = tree.lookup(components.slice(0, first).map(unescaped).join("/"));
  let matched = start ? [start] : [];
  for (const matches of matchers)
    matched = matched.flatMap((parent) => tree.children(parent).filter(({ path }) => matches(nameOf(path))));
  return matched;
}

const unescaped = (component: string) => component.replace(/\\(.)/g, "$1");
