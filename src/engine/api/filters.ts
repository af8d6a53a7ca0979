/**
 * Filters of lists and prunes: for each kind of object a table of tests by name. What is not in the table is refused,
 * so that no filter can be accepted and not applied; a value that cannot be is refused even where there is no object.
 */
import { parseGoDuration } from "../../shared/units/go-duration.js";
import { EngineError } from "../engine-error.js";
import type { Query } from "./query.js";

type Test<T> = (object: T) => boolean;

/** What a filter's values ask of an object. @throws {EngineError} `invalid` naming the value. */
export type FilterTests<T> = Readonly<Record<string, (values: readonly string[]) => Test<T>>>;

/** Meets every filter of the query. @throws {EngineError} `invalid` naming a filter or a value. */
export function selector<T>(query: Query, tests: FilterTests<T>): Test<T> {
  const wanted = [...query.filters(Object.keys(tests))].map(([name, values]) => tests[name]!(values));
  return (object) => wanted.every((test) => test(object));
}

/** `label`: has every one. `label!`: has not every one, as dockerd reads several of them. */
export function labelTests<T>(labelsOf: (object: T) => Readonly<Record<string, string>> | null | undefined) {
  return {
    label: (values) => (object) => matchesLabels(values, labelsOf(object) ?? {}),
    "label!": (values) => (object) => !matchesLabels(values, labelsOf(object) ?? {}),
  } satisfies FilterTests<T>;
}

/** `key` or `key=value`, as for labels: every one must hold. */
export function matchesLabels(filters: readonly string[], labels: Readonly<Record<string, string>>): boolean {
  return filters.every((filter) => {
    const equals = filter.indexOf("=");
    const key = equals < 0 ? filter : filter.slice(0, equals);
    return Object.hasOwn(labels, key) && (equals < 0 || labels[key] === filter.slice(equals + 1));
  });
}

/** `until`: a time, or how long ago. */
export function untilTest<T>(now: number, createdAt: (object: T) => number): FilterTests<T>[string] {
  return (values) => {
    if (values.length > 1) throw new EngineError("invalid", "more than one until filter specified");
    const moment = momentOf(values[0] ?? "", now);
    return (object) => createdAt(object) < moment;
  };
}

function momentOf(text: string, now: number): number {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000;
  const date = /^\d{4}-/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(date)) return date;
  try {
    return now - parseGoDuration(text) / 1e6;
  } catch {
    throw new EngineError("invalid", `failed to parse value as time or duration: ${JSON.stringify(text)}`);
  }
}

/** One yes or no: `true`, `1`, `false`, `0`. */
export function yesOrNo(name: string, values: readonly string[]): boolean {
  const isTrue = values.some((value) => value === "true" || value === "1");
  const isFalse = values.some((value) => value === "false" || value === "0");
  if (isTrue === isFalse) throw new EngineError("invalid", `invalid filter '${name}=[${values.join(" ")}]'`);
  return isTrue;
}

/** Whether one of the expressions is found in a text. */
export function expressions(name: string, values: readonly string[]): (text: string) => boolean {
  const patterns = values.map((value) => {
    try {
      return new RegExp(value);
    } catch {
      throw new EngineError("invalid", `invalid filter '${name}=${value}'`);
    }
  });
  return (text) => patterns.some((pattern) => pattern.test(text));
}
