/** A pattern whose syntax is wrong; the message is Docker's. */
export class PatternError extends Error {
  override name = "PatternError";
}

/** One line of a .dockerignore, ready to match a whole path (parents are the matcher's business). */
export interface Pattern {
  /** Cleaned, without the `!`. */
  readonly text: string;
  /** The line began with `!`: what it matches is taken back in. */
  readonly isException: boolean;
  matches(path: string): boolean;
}

const WILDCARDS = /[*?[\]\\]/;

/** @throws {PatternError} for a lone `!` and for syntax that Go's filepath.Match refuses. */
export function parsePattern(line: string): Pattern {
  const cleaned = cleanPath(line);
  if (cleaned === "!") throw new PatternError('illegal exclusion pattern: "!"');
  const isException = cleaned.startsWith("!");
  const text = isException ? cleaned.slice(1) : cleaned;
  if (isMalformed(text)) throw new PatternError("syntax error in pattern");
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

/** A character class; its syntax was checked before. */
function translateClass(pattern: string, start: number): [string, number] {
  let i = start + 1;
  let body = "";
  if (pattern[i] === "^") {
    body += "^";
    i++;
  }
  for (; pattern[i] !== "]"; i++) {
    const isEscaped = pattern[i] === "\\";
    if (isEscaped) i++;
    body += !isEscaped && pattern[i] === "-" ? "-" : pattern[i]!.replace(/[\\\]^[-]/, "\\$&");
  }
  return [`[${body}]`, i + 1 - start];
}

function escapeLiteral(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}

/** What Go's filepath.Match calls a bad pattern. */
function isMalformed(pattern: string): boolean {
  for (let i = 0; i < pattern.length; i++) {
    if (pattern[i] === "\\" && ++i >= pattern.length) return true;
    else if (pattern[i] === "[" && pattern[i - 1] !== "\\") {
      const end = endOfClass(pattern, i);
      if (end < 0) return true;
      i = end;
    }
  }
  return false;
}

/** Index of the `]` that closes the class opened at `start`; -1 if the class is malformed. */
function endOfClass(pattern: string, start: number): number {
  let i = start + 1;
  if (pattern[i] === "^") i++;
  for (let ranges = 0; ; ranges++) {
    if (pattern[i] === "]" && ranges > 0) return i;
    i = afterClassChar(pattern, i);
    if (i > 0 && pattern[i] === "-") i = afterClassChar(pattern, i + 1);
    if (i < 0) return -1;
  }
}

function afterClassChar(pattern: string, i: number): number {
  const at = pattern[i] === "\\" ? i + 1 : i;
  if (i >= pattern.length || pattern[i] === "-" || pattern[i] === "]" || at + 1 >= pattern.length) return -1;
  return at + 1;
}
