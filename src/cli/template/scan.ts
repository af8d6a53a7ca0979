/** Splits a template into its text and its actions, and an action into tokens. */
import { TemplateError } from "./template-error.js";

/** `end`: where an action's inside ends. */
export type Piece = { kind: "text"; text: string } | { kind: "action"; tokens: Token[]; end: number };

export type Token = { at: number } & (
  | { kind: "field" | "variable" | "word" | "number"; text: string }
  | { kind: "string"; text: string }
  | { kind: "dot" | "pipe" | "comma" | "open" | "close" | "assign" | "declare" }
);

export function scanTemplate(source: string): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  let trimNext = false;
  while (at < source.length) {
    const open = source.indexOf("{{", at);
    const end = open < 0 ? source.length : open;
    const trimsLeft = open >= 0 && /^\{\{-\s/.test(source.slice(open, open + 4));
    let text = source.slice(at, end);
    if (trimNext) text = text.trimStart();
    if (trimsLeft) text = text.trimEnd();
    if (text !== "") pieces.push({ kind: "text", text });
    if (open < 0) break;
    const from = open + (trimsLeft ? 3 : 2);
    const comment = /^\s*\/\*[\s\S]*?\*\/\s*-?\}\}/.exec(source.slice(from));
    const close = comment ? from + comment[0].length - 2 : findClose(source, from);
    trimNext = /\s-$/.test(source.slice(from, close)) || (comment !== null && source[close - 1] === "-");
    if (!comment) {
      const inner = trimNext ? source.slice(from, close - 1) : source.slice(from, close);
      pieces.push({ kind: "action", tokens: scanAction(inner, from, source), end: from + inner.length });
    }
    at = close + 2;
  }
  return pieces;
}

/** Where `}}` stands outside of strings. */
function findClose(source: string, from: number): number {
  for (let i = from; i < source.length; i++) {
    if (source.startsWith("}}", i)) return i;
    if (source[i] === '"' || source[i] === "`") i = skipString(source, i);
  }
  throw parseError(source, from, "unclosed action");
}

function skipString(source: string, start: number): number {
  const quote = source[start]!;
  for (let i = start + 1; i < source.length; i++) {
    if (source[i] === "\\" && quote === '"') i++;
    else if (source[i] === quote) return i;
  }
  throw parseError(source, start, quote === '"' ? "unterminated quoted string" : "unterminated raw quoted string");
}

const SIMPLE = { "|": "pipe", ",": "comma", "(": "open", ")": "close", "=": "assign" } as const;

function scanAction(inner: string, offset: number, source: string): Token[] {
  const tokens: Token[] = [];
  let i = 0;
  while (i < inner.length) {
    const rest = inner.slice(i);
    const at = offset + i;
    const space = /^\s+/.exec(rest);
    if (space) {
      i += space[0].length;
      continue;
    }
    const first = rest[0]!;
    if (first === '"' || first === "`") {
      const end = skipString(inner, i);
      tokens.push({ kind: "string", text: unquote(inner.slice(i, end + 1), source, at), at });
      i = end + 1;
      continue;
    }
    const character = /^'(\\.|[^'\\])'/u.exec(rest)?.[0];
    if (character) {
      const text = unquote(`"${character.slice(1, -1).replace('"', '\\"')}"`, source, at);
      tokens.push({ kind: "number", text: String(text.codePointAt(0)), at });
      i += character.length;
      continue;
    }
    const [token, length] = scanSymbol(rest, at) ?? [];
    if (!token) throw parseError(source, at, `unexpected ${JSON.stringify(first)} in operand`);
    tokens.push(token);
    i += length!;
  }
  return tokens;
}

function scanSymbol(rest: string, at: number): [Token, number] | undefined {
  if (rest.startsWith(":=")) return [{ kind: "declare", at }, 2];
  const simple = SIMPLE[rest[0] as keyof typeof SIMPLE];
  if (simple) return [{ kind: simple, at }, 1];
  for (const [kind, pattern] of [
    ["field", /^\.[A-Za-z_]\w*/],
    ["variable", /^\$\w*/],
    ["number", /^[+-]?(0x[0-9a-fA-F]+|\d+(\.\d+)?)/],
    ["word", /^[A-Za-z_]\w*/],
  ] as const) {
    const match = pattern.exec(rest);
    if (match) return [{ kind, text: match[0].replace(/^\./, ""), at }, match[0].length];
  }
  return rest[0] === "." ? [{ kind: "dot", at }, 1] : undefined;
}

function unquote(text: string, source: string, at: number): string {
  if (text.startsWith("`")) return text.slice(1, -1);
  try {
    return JSON.parse(text.replace(/\\([abfnrtv'])/g, (all, letter: string) => GO_ESCAPES[letter] ?? all)) as string;
  } catch {
    throw parseError(source, at, "invalid syntax");
  }
}

/** Escapes of Go that JSON lacks. */
const GO_ESCAPES: Record<string, string> = { a: "\\u0007", v: "\\u000b", "'": "'" };

export function parseError(source: string, at: number, problem: string): TemplateError {
  const line = source.slice(0, at).split("\n").length;
  return new TemplateError("parse", `template: :${line}: ${problem}`);
}
