/** What templates may call: Go's own functions and those that Docker adds. */
import { ZERO } from "./typed.js";
import { isEmptyValue, isRow, rowJson, show } from "./values.js";

export type TemplateFunction = (...values: unknown[]) => unknown;

export const FUNCTIONS: Record<string, TemplateFunction> = {
  and: (...values) => values.find(isEmptyValue) ?? values.at(-1),
  or: (...values) => values.find((value) => !isEmptyValue(value)) ?? values.at(-1),
  not: (value) => isEmptyValue(value),
  eq: (first, ...others) => others.some((other) => other === first),
  ne: (a, b) => a !== b,
  lt: (a, b) => compare(a, b) < 0,
  le: (a, b) => compare(a, b) <= 0,
  gt: (a, b) => compare(a, b) > 0,
  ge: (a, b) => compare(a, b) >= 0,
  len: (value) => lengthOfValue(value),
  index: (value, ...keys) => keys.reduce(elementOf, value),
  slice: (value, from = 0, to) => {
    if (typeof value !== "string" && !Array.isArray(value))
      throw new Error(`can't slice item of type ${kindOf(value)}`);
    return value.slice(Number(from), to === undefined ? undefined : Number(to));
  },
  print: (...values) => printText(values),
  println: (...values) => `${values.map(show).join(" ")}\n`,
  printf: (format, ...values) => formatText(String(format), values),
  json: (value) => (isRow(value) ? rowJson(value) : JSON.stringify(value ?? null)),
  join: (values, separator) => asList(values).map(show).join(String(separator)),
  split: (text, separator) => String(text).split(String(separator)),
  lower: (text) => String(text).toLowerCase(),
  upper: (text) => String(text).toUpperCase(),
  title: (text) => String(text).replace(/(^|\s)\S/g, (letter) => letter.toUpperCase()),
  pad: (text, before, after) => " ".repeat(Number(before)) + String(text) + " ".repeat(Number(after)),
  truncate: (text, length) => [...String(text)].slice(0, Number(length)).join(""),
  html: (...values) => printText(values).replace(/[&<>"']/g, (character) => HTML_ESCAPES[character]!),
  js: (...values) => printText(values).replace(/[\\'"<>&=\n\r\t]/g, (character) => JS_ESCAPES[character]!),
  urlquery: (...values) => encodeURIComponent(printText(values)).replaceAll("%20", "+"),
};

const HTML_ESCAPES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&#34;", "'": "&#39;" };

const JS_ESCAPES: Record<string, string> = {
  "\\": "\\\\",
  "'": "\\'",
  '"': '\\"',
  "<": "\\u003C",
  ">": "\\u003E",
  "&": "\\u0026",
  "=": "\\u003D",
  "\n": "\\u000A",
  "\r": "\\u000D",
  "\t": "\\u0009",
};

/** As Go's Sprint: a space between two operands where neither is a string. */
function printText(values: readonly unknown[]): string {
  return values
    .map((value, i) => {
      const apart = i > 0 && typeof value !== "string" && typeof values[i - 1] !== "string";
      return (apart ? " " : "") + show(value);
    })
    .join("");
}

function compare(a: unknown, b: unknown): number {
  if (typeof a !== typeof b || (typeof a !== "number" && typeof a !== "string"))
    throw new Error("incompatible types for comparison");
  return a < (b as typeof a) ? -1 : a > (b as typeof a) ? 1 : 0;
}

function lengthOfValue(value: unknown): number {
  if (typeof value === "string" || Array.isArray(value)) return value.length;
  if (value !== null && typeof value === "object") return Object.keys(value).length;
  throw new Error(`len of ${value === null || value === undefined ? "nil pointer" : `type ${kindOf(value)}`}`);
}

/** `index` of a missing key of a map is nothing; beyond a list's end it is an error. */
function elementOf(value: unknown, key: unknown): unknown {
  if (Array.isArray(value)) {
    if (typeof key !== "number") throw new Error(`cannot index slice/array with type ${kindOf(key)}`);
    if (key < 0 || key >= value.length) throw new Error(`index out of range: ${key}`);
    return value[key];
  }
  if (value === null || value === undefined) throw new Error("index of untyped nil");
  if (typeof value === "object")
    return Object.hasOwn(value, String(key))
      ? (value as Record<string, unknown>)[String(key)]
      : (value as { [ZERO]?: unknown })[ZERO];
  throw new Error(`can't index item of type ${kindOf(value)}`);
}

function asList(value: unknown): unknown[] {
  if (value === null || value === undefined) return [];
  if (!Array.isArray(value)) throw new Error(`can't join item of type ${kindOf(value)}`);
  return value;
}

function kindOf(value: unknown): string {
  if (typeof value === "number") return "int";
  if (typeof value === "boolean") return "bool";
  return typeof value === "object" ? "map[string]interface {}" : typeof value;
}

/** The verbs of Go's fmt that templates use: %s %d %v %q %x %f %t, with width and precision. */
function formatText(format: string, values: unknown[]): string {
  let next = 0;
  const text = format.replace(/%([-+ 0]*)(\d*)(?:\.(\d+))?([a-zA-Z%])/g, (all, marks, width, precision, verb) => {
    if (verb === "%") return "%";
    if (next >= values.length) return `%!${verb}(MISSING)`;
    const value = values[next++];
    const shown = formatValue(verb, value, precision === undefined ? undefined : Number(precision));
    if (shown === undefined) return `%!${verb}(${kindOf(value)}=${show(value)})`;
    if (marks.includes("-")) return shown.padEnd(Number(width));
    return shown.padStart(Number(width), marks.includes("0") ? "0" : " ") || all.slice(0, 0);
  });
  return next < values.length ? `${text}%!(EXTRA ${values.slice(next).map((v) => `${kindOf(v)}=${show(v)}`)})` : text;
}

function formatValue(verb: string, value: unknown, precision: number | undefined): string | undefined {
  switch (verb) {
    case "v":
      return show(value);
    case "s":
      return typeof value === "number" ? undefined : show(value).slice(0, precision);
    case "d":
      return typeof value === "number" ? String(Math.trunc(value)) : undefined;
    case "f":
      return typeof value === "number" ? value.toFixed(precision ?? 6) : undefined;
    case "x":
      return typeof value === "number" ? value.toString(16) : undefined;
    case "q":
      return JSON.stringify(show(value));
    case "t":
      return typeof value === "boolean" ? String(value) : undefined;
    default:
      return undefined;
  }
}
