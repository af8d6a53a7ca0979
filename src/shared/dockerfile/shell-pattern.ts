import { failure } from "./shell-failure.js";

/** `*` and `?` as in a shell, for `${name#pattern}` and its kin; a backslash takes their meaning away. */
function patternSource(pattern: string, isGreedy: boolean): string {
  let source = "";
  const chars = [...pattern];
  for (let i = 0; i < chars.length; i++) {
    const char = chars[i]!;
    if (char === "*") source += isGreedy ? ".*" : ".*?";
    else if (char === "?") source += ".";
    else if (char === "\\") {
      const next = chars[++i];
      // The braces' own delimiters are escaped on their account, not the pattern's.
      if (next !== "}" && next !== "/" && next !== "*" && next !== "?" && next !== "\\")
        throw failure(`invalid pattern (${pattern}) in substitution: invalid escape '\\${next ?? ""}'`);
      source += escaped(next);
    } else source += escaped(char);
  }
  return source;
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}

/** `value` without the shortest (`isGreedy`: longest) beginning that matches. */
export function trimPrefix(value: string, pattern: string, isGreedy: boolean): string {
  return value.replace(new RegExp(`^(?:${patternSource(pattern, isGreedy)})`, "u"), "");
}

/** Likewise for the end, found by looking at every beginning in turn. */
export function trimSuffix(value: string, pattern: string, isGreedy: boolean): string {
  const whole = new RegExp(`^(?:${patternSource(pattern, true)})$`, "u");
  const cuts = Array.from({ length: value.length + 1 }, (_, i) => (isGreedy ? i : value.length - i));
  const cut = cuts.find((at) => whole.test(value.slice(at)));
  return cut === undefined ? value : value.slice(0, cut);
}

/** The first (`all`: every) match replaced by `replacement`, taken literally. */
export function replaceMatches(value: string, pattern: string, replacement: string, all: boolean): string {
  return value.replace(new RegExp(patternSource(pattern, true), all ? "gu" : "u"), () => replacement);
}
