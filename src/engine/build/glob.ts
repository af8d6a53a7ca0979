/** Wildcards in the sources of COPY and ADD: Go's filepath.Match, one path component at a time. */
import type { LayeredTree, MergedNode } from "../containers/layered-tree.js";
import { BuildError } from "./build-error.js";

export function hasWildcard(path: string): boolean {
  return /[*?[]/.test(path.replace(/\\./g, ""));
}

/** What `pattern` matches, in order of names. */
export function glob(tree: LayeredTree, pattern: string): MergedNode[] {
  let matched = [tree.root];
  const components = pattern.split("/").filter((part) => part !== "" && part !== ".");
  for (const [index, component] of components.entries()) {
    const isLast = index === components.length - 1;
    matched = matched.flatMap((parent) => step(tree, parent, component, isLast));
  }
  return matched;
}

function step(tree: LayeredTree, parent: MergedNode, component: string, isLast: boolean): MergedNode[] {
  const base = parent.path === "/" ? "" : parent.path;
  if (!hasWildcard(component)) {
    const found = tree.lookup(`${base}/${component.replace(/\\(.)/g, "$1")}`, { follow: !isLast });
    return found ? [found] : [];
  }
  const matches = componentMatcher(component);
  return tree.children(parent).filter(({ path }) => matches.test(path.slice(path.lastIndexOf("/") + 1)));
}

/** `*`, `?`, `[a-z]`, `[^a-z]`, `\x`. */
function componentMatcher(pattern: string): RegExp {
  let source = "";
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at]!;
    if (character === "*") source += ".*";
    else if (character === "?") source += ".";
    else if (character === "[") {
      const end = pattern.indexOf("]", at + 2);
      if (end < 0) throw new BuildError(`syntax error in pattern: ${pattern}`);
      const body = pattern.slice(at + 1, end);
      const isNegated = body.startsWith("^");
      const set = (isNegated ? body.slice(1) : body).replace(/[\\\]^[]/g, "\\$&");
      source += `[${isNegated ? "^" : ""}${set}]`;
      at = end;
    } else {
      const literal = character === "\\" ? (pattern[++at] ?? "") : character;
      source += literal.replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&");
    }
  }
  try {
    return new RegExp(`^${source}$`, "su");
  } catch {
    throw new BuildError(`syntax error in pattern: ${pattern}`);
  }
}
