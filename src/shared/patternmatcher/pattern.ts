import { classSource, escapeLiteral, goMatch, PatternError, readClass, syntaxError } from "./go-match.js";

/** One line of a .dockerignore, ready to match a whole path (parents are the matcher's business). */
export interface Pattern {
  /** Cleaned, without the `!`. */
  readonly text: string;
  /** The line began with `!`: what it matches is taken back in. */
  readonly isException: boolean;
  matches(path: string): boolean;
}

const WILDCARDS = /[*?[\]\\]/;

/** @throws {PatternError} for a lone `!`, for what Go's path.Match refuses, and for a class from high to low. */
export function parsePattern(line: string): Pattern {
  const cleaned = cleanPath(line);
  if (cleaned === "!") throw new PatternError('illegal exclusion pattern: "!"');
  const isException = cleaned.startsWith("!");
  const text = isException ? cleaned.slice(1) : cleaned;
  goMatch(text);
  const expression = new RegExp(`^${translate(text)}$`, "su");
  return { text, isException, matches: (path) => expression.test(path) };
}

/** Go's filepath.Clean: no `.`, no inner `..`, no doubled or trailing slashes; "" becomes ".". */
export function cleanPath(path: string): string {
  const isRooted = path.startsWith("/");
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.length > 0 && parts.at(-1) !== "..") parts.pop();
    else if (!isRooted) parts.push("..");
  }
  return (isRooted ? "/" : "") + parts.join("/") || ".";
}

function translate(pattern: string): string {
  // A leading `**` before plain text matches any ending, not only at a slash, as moby has it.
  if (pattern.startsWith("**") && !WILDCARDS.test(pattern.slice(2))) return anyEnding(pattern.slice(2));
  let expression = "";
  for (let i = 0; i < pattern.length; ) {
    const [piece, length] = translateAt(pattern, i);
    expression += piece;
    i += length;
  }
  return expression;
}

function anyEnding(rest: string): string {
  return rest.startsWith("/") ? `(?:.*/)?${escapeLiteral(rest.slice(1))}` : `.*${escapeLiteral(rest)}`;
}

/** The expression for what stands at `i`, and how many characters that was. */
function translateAt(pattern: string, i: number): [string, number] {
  const char = String.fromCodePoint(pattern.codePointAt(i)!);
  if (pattern.startsWith("**", i)) {
    const length = pattern[i + 2] === "/" ? 3 : 2;
    return [i + length >= pattern.length ? ".*" : "(?:.*/)?", length];
  }
  if (char === "*") return ["[^/]*", 1];
  if (char === "?") return ["[^/]", 1];
  if (char === "[") return translateClass(pattern, i);
  if (char === "\\") {
    const next = String.fromCodePoint(pattern.codePointAt(i + 1)!);
    return [escapeLiteral(next), 1 + next.length];
  }
  return [escapeLiteral(char), char.length];
}

function translateClass(pattern: string, start: number): [string, number] {
  const found = readClass(pattern, start);
  // Go's regular expressions, which these become in moby, refuse what its path.Match takes for empty.
  if (found.ranges.some(({ low, high }) => low.codePointAt(0)! > high.codePointAt(0)!)) throw syntaxError();
  return [classSource(found), found.end - start];
}
