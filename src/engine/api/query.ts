/** The query of a request, read as dockerd reads it and checked. */
import { EngineError } from "../engine-error.js";

const FALSE = new Set(["", "0", "no", "false", "none"]);

/** What clients send for what was not asked for. */
const NOTHING = new Set(["", "0", "false", "null", "[]", "{}"]);

/** Values by filter name; a name that was not given has none. */
export type Filters = ReadonlyMap<string, readonly string[]>;

export class Query {
  readonly #params: URLSearchParams;

  constructor(params: URLSearchParams) {
    this.#params = params;
  }

  /** @throws {EngineError} `invalid` naming a parameter that asks for something and is not among `known`. */
  refuseOthers(known: readonly string[]): void {
    for (const [name, value] of this.#params)
      if (!known.includes(name) && !NOTHING.has(value))
        throw new EngineError("invalid", `${name} is not supported: ${value}`);
  }

  text(name: string): string | undefined {
    return this.#params.get(name) ?? undefined;
  }

  all(name: string): string[] {
    return this.#params.getAll(name);
  }

  flag(name: string, fallback = false): boolean {
    const text = this.#params.get(name);
    return text === null ? fallback : !FALSE.has(text.toLowerCase().trim());
  }

  /** @throws {EngineError} `invalid` naming the value. */
  integer(name: string): number | undefined {
    const text = this.#params.get(name);
    if (text === null || text === "") return undefined;
    if (!/^-?\d{1,15}$/.test(text))
      throw new EngineError("invalid", `invalid ${name} ${JSON.stringify(text)}: expected a number`);
    return Number(text);
  }

  /** Seconds since 1970, whole or with a fraction, as milliseconds; 0 and "" are no time. */
  time(name: string): number | undefined {
    const text = this.#params.get(name);
    if (!text || text === "0") return undefined;
    if (!/^\d{1,12}(\.\d{1,9})?$/.test(text))
      throw new EngineError("invalid", `invalid ${name} ${JSON.stringify(text)}: expected seconds since 1970`);
    return Number(text) * 1000;
  }

  /** A JSON object of texts. */
  map(name: string): Record<string, string | null> {
    const value = this.#json(name) ?? {};
    const isMap =
      typeof value === "object" &&
      !Array.isArray(value) &&
      Object.values(value as object).every((each) => typeof each === "string" || each === null);
    if (!isMap)
      throw new EngineError("invalid", `invalid ${name} ${this.#params.get(name)}: expected an object of texts`);
    return value as Record<string, string | null>;
  }

  /**
   * `filters`, as `{"name":["a"]}` or `{"name":{"a":true}}`.
   * @throws {EngineError} `invalid` naming one that is not among `known`.
   */
  filters(known: readonly string[]): Filters {
    const value = this.#json("filters") ?? {};
    if (typeof value !== "object" || Array.isArray(value))
      throw new EngineError("invalid", `invalid filters ${this.#params.get("filters")}`);
    return new Map(Object.entries(value as object).map(([name, given]) => [name, filterValues(name, given, known)]));
  }

  #json(name: string): unknown {
    const text = this.#params.get(name);
    if (!text) return undefined;
    try {
      return JSON.parse(text);
    } catch {
      throw new EngineError("invalid", `invalid ${name} ${JSON.stringify(text)}: expected JSON`);
    }
  }
}

function filterValues(name: string, given: unknown, known: readonly string[]): string[] {
  if (!known.includes(name)) throw new EngineError("invalid", `invalid filter '${name}'`);
  if (Array.isArray(given) && given.every((each) => typeof each === "string")) return given;
  if (given && typeof given === "object" && !Array.isArray(given)) return Object.keys(given);
  throw new EngineError("invalid", `invalid filter '${name}=${JSON.stringify(given)}'`);
}
