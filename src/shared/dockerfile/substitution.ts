import { failure } from "./shell-failure.js";
import { replaceMatches, trimPrefix, trimSuffix } from "./shell-pattern.js";

const MISSING_BRACE = "syntax error: missing '}'";
const MISSING_SLASH = "syntax error: missing '/' in ${}";

/** What `${…}` needs of the lexer around it. */
export interface SubstitutionSource {
  readonly options: { keepUnset?: boolean };
  peek(): string | undefined;
  next(): string | undefined;
  isAtEnd(): boolean;
  readName(): string;
  readUntil(stop: string, rawEscapes: boolean): { text: string };
  lookup(name: string): string | undefined;
}

/** Reads one `${name…}` from just after the brace: defaults, alternatives, demands, trimming, replacing. */
export class Substitution {
  readonly #source: SubstitutionSource;

  constructor(source: SubstitutionSource) {
    this.#source = source;
  }

  read(): string {
    const first = this.#source.peek();
    if (first === undefined) throw failure(MISSING_BRACE);
    if (first === "{" || first === "}" || first === ":") throw failure("syntax error: bad substitution");
    const name = this.#source.readName();
    const modifier = this.#source.next();
    switch (modifier) {
      case "}":
        return this.#value(name, "");
      case "/":
        return this.#replaced(name);
      case ":":
        return this.#modified(name, `:${this.#source.next() ?? ""}`);
      case "+":
      case "-":
      case "?":
      case "#":
      case "%":
        return this.#modified(name, modifier);
      default:
        throw unsupported(modifier ?? "");
    }
  }

  #value(name: string, rest: string): string {
    return this.#source.lookup(name) ?? (this.#source.options.keepUnset ? `\${${name}${rest}}` : "");
  }

  #modified(name: string, modifier: string): string {
    const kind = modifier.at(-1)!;
    const isTrim = kind === "#" || kind === "%";
    if (modifier.length > 1 && isTrim) throw unsupported(modifier);
    const word = this.#until("}", isTrim, MISSING_BRACE);
    const value = this.#source.lookup(name);
    if (value === undefined && this.#source.options.keepUnset) return `\${${name}${modifier}${word}}`;
    const isMissing = value === undefined || (modifier.startsWith(":") && value === "");
    switch (kind) {
      case "-":
        return isMissing ? word : value;
      case "+":
        return isMissing ? "" : word;
      case "?":
        if (!isMissing) return value;
        throw failure(`${name}: ${word || `is not allowed to be ${value === undefined ? "unset" : "empty"}`}`);
      case "#":
      case "%":
        return trimmed(value ?? "", kind, word);
      default:
        throw unsupported(modifier);
    }
  }

  #replaced(name: string): string {
    const all = this.#source.peek() === "/";
    if (all) this.#source.next();
    const pattern = this.#until("/", true, MISSING_SLASH);
    const replacement = this.#until("}", true, MISSING_BRACE);
    const value = this.#source.lookup(name);
    if (value === undefined && this.#source.options.keepUnset) return `\${${name}/${pattern}/${replacement}}`;
    return replaceMatches(value ?? "", pattern, replacement, all);
  }

  #until(stop: string, rawEscapes: boolean, message: string): string {
    try {
      return this.#source.readUntil(stop, rawEscapes).text;
    } catch (error) {
      throw this.#source.isAtEnd() ? failure(message) : error;
    }
  }
}

function trimmed(value: string, kind: "#" | "%", word: string): string {
  const isGreedy = word.startsWith(kind);
  const pattern = isGreedy ? word.slice(1) : word;
  return kind === "#" ? trimPrefix(value, pattern, isGreedy) : trimSuffix(value, pattern, isGreedy);
}

function unsupported(modifier: string): Error {
  return failure(`unsupported modifier (${modifier}) in substitution`);
}
