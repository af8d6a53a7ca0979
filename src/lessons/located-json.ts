/** JSON that knows where each value stands, and is read on behind an error. */
import { type Node, type ParseError, parseTree, printParseErrorCode } from "jsonc-parser";
import type { LessonWarning, Place } from "./lesson.js";

export interface LocatedValue {
  place: Place;
  /** A string, number, boolean or null; undefined of an object or an array. */
  value?: unknown;
  members?: Map<string, LocatedValue>;
  items?: LocatedValue[];
}

/** More than an author nests, and less than would end the stack. */
const MOST_DEPTH = 64;
const MOST_ERRORS = 5;

/** What can be read of `text`, undefined if nothing; errors with line and column are added to `warnings`. */
export function readJSON(file: string, text: string, warnings: LessonWarning[]): LocatedValue | undefined {
  const place = placer(file, text);
  if (deepest(text) > MOST_DEPTH) {
    warnings.push({ ...place(0), message: `is nested deeper than ${MOST_DEPTH} levels` });
    return undefined;
  }
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { allowTrailingComma: false });
  // What is missing at one place is told once: the rest follows from it.
  const first = errors.filter(({ offset }, index) => errors[index - 1]?.offset !== offset);
  for (const { error, offset } of first.slice(0, MOST_ERRORS))
    warnings.push({ ...place(offset), message: `is no JSON: ${words(printParseErrorCode(error))}` });
  return root && locate(root, place);
}

function locate(node: Node, place: (offset: number) => Place): LocatedValue {
  const at = place(node.offset);
  if (node.type === "array") return { place: at, items: (node.children ?? []).map((child) => locate(child, place)) };
  if (node.type !== "object") return { place: at, value: node.value };
  const pairs = (node.children ?? []).flatMap(({ children: [key, value] = [] }) =>
    key && value ? [[String(key.value), locate(value, place)] as const] : [],
  );
  return { place: at, members: new Map(pairs) };
}

/** Brackets open at once, those in strings included: an upper bound. */
function deepest(text: string): number {
  let depth = 0;
  let most = 0;
  for (const [bracket] of text.matchAll(/[[\]{}]/g)) {
    depth += bracket === "[" || bracket === "{" ? 1 : -1;
    most = Math.max(most, depth);
  }
  return most;
}

function placer(file: string, text: string): (offset: number) => Place {
  const starts = [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)];
  return (offset) => {
    const line = starts.findLastIndex((start) => start <= offset);
    return { file, line: line + 1, column: offset - starts[line]! + 1 };
  };
}

/** `CommaExpected` → `comma expected`. */
function words(code: string): string {
  return code.replace(/(?<=[a-z])(?=[A-Z])/g, " ").toLowerCase();
}
