/**
 * Go's `path.Match`: what COPY's wildcards and the `reference` filter mean. `*` and `?` stay within a path component,
 * `[a-z]` and `[^a-z]` are classes, `\` takes a character's meaning away. Everything else stands for itself.
 */

/** A pattern whose syntax is wrong; the message is Docker's. */
export class PatternError extends Error {
  override name = "PatternError";
}

export interface CharacterClass {
  isNegated: boolean;
  ranges: { low: string; high: string }[];
  /** Index after the `]`. */
  end: number;
}

/** Tests a whole path. @throws {PatternError} where Go's says so, wherever in the pattern the mistake is. */
export function goMatch(pattern: string): (path: string) => boolean {
  let source = "";
  for (let at = 0; at < pattern.length; ) {
    const [piece, end] = pieceAt(pattern, at);
    source += piece;
    at = end;
  }
  const expression = new RegExp(`^${source}$`, "su");
  return (path) => expression.test(path);
}

function pieceAt(pattern: string, at: number): [source: string, end: number] {
  const character = characterAt(pattern, at);
  if (character === "*") return ["[^/]*", at + 1];
  if (character === "?") return ["[^/]", at + 1];
  if (character === "[") {
    const found = readClass(pattern, at);
    return [classSource(found), found.end];
  }
  const literal = character === "\\" ? characterAt(pattern, at + 1) : character;
  if (literal === "") throw syntaxError();
  return [escapeLiteral(literal), at + (character === "\\" ? 1 : 0) + literal.length];
}

/** The class that begins at `start`. @throws {PatternError}. */
export function readClass(pattern: string, start: number): CharacterClass {
  const isNegated = pattern[start + 1] === "^";
  const ranges: CharacterClass["ranges"] = [];
  let at = start + (isNegated ? 2 : 1);
  const take = (): string => {
    const written = characterAt(pattern, at);
    if (written === "-" || written === "]") throw syntaxError();
    if (written === "\\") at++;
    const character = characterAt(pattern, at);
    at += character.length;
    // A class has to be closed, so something follows.
    if (character === "" || at >= pattern.length) throw syntaxError();
    return character;
  };
  while (pattern[at] !== "]" || ranges.length === 0) {
    const low = take();
    const isRange = pattern[at] === "-";
    if (isRange) at++;
    ranges.push({ low, high: isRange ? take() : low });
  }
  return { isNegated, ranges, end: at + 1 };
}

/** As a regular expression; a range from high to low holds nothing, as in Go's. */
export function classSource({ isNegated, ranges }: CharacterClass): string {
  const held = ranges.filter(({ low, high }) => low.codePointAt(0)! <= high.codePointAt(0)!);
  const set = held.map(({ low, high }) => (low === high ? inClass(low) : `${inClass(low)}-${inClass(high)}`)).join("");
  if (set === "") return isNegated ? "." : "(?!)";
  return `[${isNegated ? "^" : ""}${set}]`;
}

export function escapeLiteral(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}

export function syntaxError(): PatternError {
  return new PatternError("syntax error in pattern");
}

const inClass = (character: string) => character.replace(/[\\\]^[-]/, "\\$&");

/** Empty after the end. */
function characterAt(text: string, at: number): string {
  const code = text.codePointAt(at);
  return code === undefined ? "" : String.fromCodePoint(code);
}
