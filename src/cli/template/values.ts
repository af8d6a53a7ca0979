/** Values in templates: how they print, which count as empty, and how their fields are reached. */

import { NIL } from "./typed.js";

/** A row of a listing: fields that are worked out when asked for, as Docker's formatter contexts are. */
export interface TemplateRow {
  readonly typeName: string;
  /** undefined: no such field. `args` are given where the field is called, as in `.Label "x"`. */
  field(name: string, args: readonly unknown[]): unknown;
  /** What `{{json .}}` prints. */
  toJSON(): unknown;
}

export function isRow(value: unknown): value is TemplateRow {
  return typeof value === "object" && value !== null && typeof (value as TemplateRow).field === "function";
}

/** As Go's fmt prints a value with %v: `[a b]`, `map[k:v]`. */
export function show(value: unknown): string {
  if (value === NIL) return "<nil>";
  if (value === null || value === undefined) return "<no value>";
  if (Array.isArray(value)) return `[${value.map(showInner).join(" ")}]`;
  if (isRow(value)) return showMap(value.toJSON() as object);
  return typeof value === "object" ? showMap(value) : String(value);
}

function showInner(value: unknown): string {
  return value === null || value === undefined ? "<nil>" : show(value);
}

function showMap(value: object): string {
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `map[${entries.map(([key, each]) => `${key}:${showInner(each)}`).join(" ")}]`;
}

/** What `if` and `with` take for false. */
export function isEmptyValue(value: unknown): boolean {
  if (value === null || value === undefined || value === false || value === 0 || value === "") return true;
  if (Array.isArray(value)) return value.length === 0;
  return typeof value === "object" && !isRow(value) && Object.keys(value as object).length === 0;
}

/** A row's JSON, with `<`, `>` and `&` escaped as Go does. */
export function rowJson(row: TemplateRow): string {
  return JSON.stringify(row).replace(
    /[<>&]/g,
    (character) => `\\u00${character.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
}
