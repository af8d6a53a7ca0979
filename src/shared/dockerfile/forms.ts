import { DockerfileError } from "./source.js";
import type { ArgumentForm, KeyValue, StatementArguments } from "./statement.js";
import { splitCommand, splitQuotedWords } from "./words.js";

const BLANKS = /[\t\v\f\r ]+/;

/** EXPOSE, FROM: words between blanks. */
export const words: ArgumentForm = (rest) => plain(rest === "" ? [] : rest.split(BLANKS));

/** WORKDIR, USER, STOPSIGNAL, MAINTAINER: all of it. */
export const text: ArgumentForm = (rest) => plain(rest === "" ? [] : [rest]);

/** ARG: words that may be quoted. */
export const quotedWords: ArgumentForm = (rest, { escapeToken }) => plain(splitQuotedWords(rest, escapeToken));

/** RUN, CMD, ENTRYPOINT, SHELL: a JSON array of strings, or else a line for the shell. */
export const commandLine: ArgumentForm = (rest) => {
  if (rest === "") return plain([]);
  const array = parseJSONForm(rest);
  return array ? { words: array, isJSON: true } : plain([rest]);
};

/** COPY, ADD, VOLUME: a JSON array of strings, or else words between blanks. */
export const list: ArgumentForm = (rest, context) => {
  const array = parseJSONForm(rest);
  return array ? { words: array, isJSON: true } : words(rest, context);
};

/** ENV, LABEL: `key=value …`, or the old `key value`. */
export function pairs(keyword: string): ArgumentForm {
  return (rest, { escapeToken }) => {
    const found = splitQuotedWords(rest, escapeToken);
    if (found.length === 0) return { ...plain([]), pairs: [] };
    if (!found[0]!.includes("=")) return { ...plain(found), pairs: [legacyPair(rest, keyword)] };
    return { ...plain(found), pairs: found.map(parsePair) };
  };
}

/** HEALTHCHECK: a type, then a command. */
export const healthcheck: ArgumentForm = (rest, context) => {
  const match = /^(\S+)\s*(.*)$/s.exec(rest);
  if (!match) return plain([]);
  const command = commandLine(match[2]!, context);
  return { words: [match[1]!, ...command.words], isJSON: command.isJSON };
};

/** ONBUILD: another instruction. */
export const nested: ArgumentForm = (rest, context) => {
  if (rest === "") return plain([]);
  const inner = splitCommand(rest, context.escapeToken);
  const { words: innerWords, isJSON } = context.formOf(inner.keyword)?.(inner.rest, context) ?? plain([]);
  return { words: [inner.keyword, ...innerWords], isJSON: false, inner: { keyword: inner.keyword, isJSON } };
};

function plain(found: string[]): StatementArguments {
  return { words: found, isJSON: false };
}

function legacyPair(rest: string, keyword: string): KeyValue {
  const blank = BLANKS.exec(rest);
  if (!blank) throw new DockerfileError("syntax", `${keyword} must have two arguments`);
  return { key: rest.slice(0, blank.index), value: rest.slice(blank.index + blank[0].length), isLegacy: true };
}

function parsePair(word: string): KeyValue {
  const equals = word.indexOf("=");
  if (equals < 0) {
    const message = `Syntax error - can't find = in ${JSON.stringify(word)}. Must be of the form: name=value`;
    throw new DockerfileError("syntax", message);
  }
  return { key: word.slice(0, equals), value: word.slice(equals + 1) };
}

/** The array, or undefined where it is no JSON array and so a line for the shell. */
function parseJSONForm(rest: string): string[] | undefined {
  if (!rest.trimStart().startsWith("[")) return undefined;
  let array: unknown[];
  try {
    array = JSON.parse(rest);
  } catch {
    return undefined;
  }
  if (array.every((item) => typeof item === "string")) return array;
  throw new DockerfileError("syntax", "when using JSON array syntax, arrays must be comprised of strings only");
}
