/**
 * Command-line flags as Docker's commands read them: long and short, bundled (`-it`), with their value attached or
 * in the next word, repeated, before or between the positional words. Messages are Docker's.
 */
import { FlagError } from "./errors.js";
import { checkFilter, parseInteger } from "./flag-values.js";

export interface Flag {
  long: string;
  short?: string;
  /** Word for the value in help; a flag without one is a boolean. */
  type?: string;
  help: string;
  /** The flag may be given more than once, and keeps every value. */
  many?: boolean;
  /** What divides several values in one word. */
  separator?: string;
  /** Checks a value. @throws {Error} saying, in Docker's words, what is wrong with it. */
  check?(value: string): void;
  /** Not in help: kept for callers that still pass it. */
  hidden?: boolean;
}

/** The flags given, by long name. */
export class FlagValues {
  readonly #values: ReadonlyMap<string, readonly string[]>;

  constructor(values: ReadonlyMap<string, readonly string[]>) {
    this.#values = values;
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  on(name: string, otherwise = false): boolean {
    const value = this.text(name);
    return value === undefined ? otherwise : value === "true";
  }

  text(name: string): string | undefined {
    return this.#values.get(name)?.at(-1);
  }

  list(name: string): readonly string[] {
    return this.#values.get(name) ?? [];
  }

  integer(name: string): number | undefined {
    const value = this.text(name);
    return value === undefined ? undefined : parseInteger(value);
  }
}

export interface ParsedFlags {
  values: FlagValues;
  /** The words that are no flags. */
  positional: string[];
}

export interface ParseOptions {
  /** Words after the first positional one are all positional: `run`, `exec`. */
  stopAtPositional?: boolean;
}

/** @throws {FlagError} with Docker's words. */
export function parseFlags(words: readonly string[], flags: readonly Flag[], options: ParseOptions = {}): ParsedFlags {
  const values = new Map<string, string[]>();
  const positional: string[] = [];
  const rest = [...words];
  while (rest.length > 0) {
    const word = rest.shift()!;
    if (word === "--") {
      positional.push(...rest);
      break;
    }
    if (!word.startsWith("-") || word === "-") {
      positional.push(word);
      if (!options.stopAtPositional) continue;
      positional.push(...rest);
      break;
    }
    if (word.startsWith("--")) readLong(word, rest, flags, values);
    else readShorts(word.slice(1), rest, flags, values);
  }
  return { values: new FlagValues(values), positional };
}

function readLong(word: string, rest: string[], flags: readonly Flag[], values: Map<string, string[]>): void {
  const equals = word.indexOf("=");
  const name = equals < 0 ? word.slice(2) : word.slice(2, equals);
  if (name === "" || name.startsWith("-")) throw new FlagError(`bad flag syntax: ${word}`);
  const flag = flags.find(({ long }) => long === name);
  if (!flag) throw new FlagError(`unknown flag: --${name}`);
  if (equals >= 0) keep(flag, word.slice(equals + 1), values);
  else if (flag.type === undefined) keep(flag, "true", values);
  else if (rest.length > 0) keep(flag, rest.shift()!, values);
  else throw new FlagError(`flag needs an argument: --${name}`);
}

function readShorts(letters: string, rest: string[], flags: readonly Flag[], values: Map<string, string[]>): void {
  let left = letters;
  while (left !== "") {
    const flag = flags.find(({ short }) => short === left[0]);
    if (!flag) throw new FlagError(`unknown shorthand flag: '${left[0]}' in -${left}`);
    const after = left.slice(1);
    if (flag.type === undefined && !after.startsWith("=")) {
      keep(flag, "true", values);
      left = after;
      continue;
    }
    if (after === "" && rest.length === 0) throw new FlagError(`flag needs an argument: '${left[0]}' in -${left}`);
    keep(flag, after === "" ? rest.shift()! : after.replace(/^=/, ""), values);
    return;
  }
}

function keep(flag: Flag, value: string, values: Map<string, string[]>): void {
  try {
    const text = flag.type === undefined ? String(parseBoolean(value)) : value;
    flag.check?.(text);
    const before = flag.many ? (values.get(flag.long) ?? []) : [];
    values.set(flag.long, [...before, ...(flag.separator ? text.split(flag.separator) : [text])]);
  } catch (error) {
    const name = flag.short ? `-${flag.short}, --${flag.long}` : `--${flag.long}`;
    const reason = error instanceof Error ? error.message : String(error);
    throw new FlagError(`invalid argument ${JSON.stringify(value)} for "${name}" flag: ${reason}`);
  }
}

const TRUE = new Set(["1", "t", "T", "TRUE", "true", "True"]);
const FALSE = new Set(["0", "f", "F", "FALSE", "false", "False"]);

function parseBoolean(text: string): boolean {
  if (TRUE.has(text)) return true;
  if (FALSE.has(text)) return false;
  throw new FlagError(`strconv.ParseBool: parsing ${JSON.stringify(text)}: invalid syntax`);
}

/** `--filter name=value` of a list. */
export const filterFlag = (): Flag => ({
  long: "filter",
  short: "f",
  type: "filter",
  many: true,
  check: checkFilter,
  help: "Filter output based on conditions provided",
});

/** The API's form of `--filter`: `{"status":{"exited":true}}`; undefined without any. */
export function filterQuery(filters: readonly string[], more: Record<string, string> = {}): string | undefined {
  const query: Record<string, Record<string, true>> = {};
  const pairs = filters.map((filter): [string, string] => {
    const equals = filter.indexOf("=");
    return [filter.slice(0, equals).trim().toLowerCase(), filter.slice(equals + 1).trim()];
  });
  for (const [name, value] of [...Object.entries(more), ...pairs]) {
    query[name] ??= {};
    query[name][value] = true;
  }
  return Object.keys(query).length === 0 ? undefined : JSON.stringify(query);
}

const JSON_OR_TEMPLATE = `'json':             Print in JSON format
'TEMPLATE':         Print output using the given Go template.
Refer to https://docs.docker.com/go/formatting/ for more information about formatting output with templates`;

/** `--format` of a list. */
export const formatFlag = (): Flag => ({
  long: "format",
  type: "string",
  help: `Format output using a custom template:
'table':            Print output in table format with column headers (default)
'table TEMPLATE':   Print output in table format using the given Go template
${JSON_OR_TEMPLATE}`,
});

/** `--format` of what is no list. */
export const documentFormatFlag = (short: { short?: "f" } = { short: "f" }): Flag => ({
  long: "format",
  type: "string",
  help: `Format output using a custom template:\n${JSON_OR_TEMPLATE}`,
  ...short,
});
