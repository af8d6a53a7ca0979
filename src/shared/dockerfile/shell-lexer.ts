import { failure } from "./shell-failure.js";
import { DockerfileError, type EscapeCharacter } from "./source.js";
import { Substitution } from "./substitution.js";

/** How words are expanded: BuildKit's shell lexer, a small part of what a shell does. */
export interface LexerOptions {
  /** A variable's value; undefined if it is not set. */
  lookup(name: string): string | undefined;
  escapeToken?: EscapeCharacter;
  /** Leave `$name` as written where it is not set, instead of nothing. */
  keepUnset?: boolean;
  /** Quotes stay in the result. */
  rawQuotes?: boolean;
  /** Escape characters stay in the result. */
  rawEscapes?: boolean;
  /** Quotes mean nothing: for the contents of heredocs. */
  ignoreQuotes?: boolean;
}

export interface Expansion {
  text: string;
  /** Variables asked for that are set, and that are not. */
  set: string[];
  unset: string[];
}

/**
 * `word` with its variables replaced and its quotes and escapes taken off.
 * @throws {DockerfileError} `expansion`, such as `failed to process "${a": syntax error: missing '}'`.
 */
export function expandWord(word: string, options: LexerOptions): Expansion {
  const lexer = new ShellLexer(word, options);
  return { text: lexer.run().text, set: [...lexer.set], unset: [...lexer.unset] };
}

/** As {@link expandWord}, then split at blanks that are not quoted. */
export function processWords(text: string, options: LexerOptions): string[] {
  return new ShellLexer(text, options).run().words;
}

/** Gathers the text and, beside it, the words that unquoted blanks part it into. */
class Pieces {
  text = "";
  readonly #words: string[] = [];
  #word = "";

  add(text: string): void {
    this.text += text;
    for (const char of text) {
      if (!/\s/.test(char)) this.#word += char;
      else this.#endWord();
    }
  }

  addQuoted(text: string): void {
    this.text += text;
    this.#word += text;
  }

  words(): string[] {
    this.#endWord();
    return this.#words;
  }

  #endWord(): void {
    if (this.#word !== "") this.#words.push(this.#word);
    this.#word = "";
  }
}

export class ShellLexer {
  readonly set = new Set<string>();
  readonly unset = new Set<string>();
  readonly options: LexerOptions;
  readonly #source: string;
  readonly #chars: string[];
  readonly #escape: EscapeCharacter;
  #at = 0;

  constructor(source: string, options: LexerOptions) {
    this.#source = source;
    this.#chars = [...source];
    this.options = options;
    this.#escape = options.escapeToken ?? "\\";
  }

  run(): { text: string; words: string[] } {
    try {
      const pieces = this.readUntil(undefined, this.options.rawEscapes ?? false);
      return { text: pieces.text, words: pieces.words() };
    } catch (error) {
      if (!(error instanceof DockerfileError)) throw error;
      throw new DockerfileError(error.code, `failed to process ${JSON.stringify(this.#source)}: ${error.message}`);
    }
  }

  peek(): string | undefined {
    return this.#chars[this.#at];
  }

  next(): string | undefined {
    return this.#chars[this.#at++];
  }

  lookup(name: string): string | undefined {
    const value = this.options.lookup(name);
    (value === undefined ? this.unset : this.set).add(name);
    return value;
  }

  /** Up to `stop`, which is taken too, or to the end. */
  readUntil(stop: string | undefined, rawEscapes: boolean): Pieces {
    const pieces = new Pieces();
    for (let char = this.peek(); char !== undefined; char = this.peek()) {
      if (char === stop) {
        this.#at++;
        return pieces;
      }
      if (char === "$") pieces.add(this.#dollar());
      else if (char === "<") pieces.addQuoted(this.#redirection());
      else if (char === "'" && !this.options.ignoreQuotes) pieces.addQuoted(this.#singleQuoted());
      else if (char === '"' && !this.options.ignoreQuotes) pieces.addQuoted(this.#doubleQuoted(rawEscapes));
      else this.#plain(pieces, rawEscapes);
    }
    if (stop !== undefined) throw failure(`unexpected end of statement while looking for matching ${stop}`);
    return pieces;
  }

  isAtEnd(): boolean {
    return this.#at >= this.#chars.length;
  }

  #plain(pieces: Pieces, rawEscapes: boolean): void {
    const char = this.next()!;
    if (char !== this.#escape) {
      pieces.add(char);
      return;
    }
    if (rawEscapes) pieces.addQuoted(char);
    const escaped = this.next();
    if (escaped !== undefined) pieces.addQuoted(escaped);
  }

  /** Keeps the blanks between `<<` and its word, so that they stay one word. */
  #redirection(): string {
    this.#at++;
    if (this.peek() !== "<") return "<";
    this.#at++;
    let text = "<<";
    while (/^[\t\r ]$/.test(this.peek() ?? "")) text += this.next();
    return text;
  }

  #singleQuoted(): string {
    const open = this.next()!;
    let text = "";
    for (let char = this.next(); char !== "'"; char = this.next()) {
      if (char === undefined) throw failure("unexpected end of statement while looking for matching single-quote");
      text += char;
    }
    return this.options.rawQuotes ? open + text + open : text;
  }

  #doubleQuoted(rawEscapes: boolean): string {
    const open = this.next()!;
    let text = "";
    for (let char = this.peek(); char !== '"'; char = this.peek()) {
      if (char === undefined) throw failure("unexpected end of statement while looking for matching double-quote");
      if (char === "$") text += this.#dollar();
      else text += this.#inDoubleQuotes(rawEscapes);
    }
    this.#at++;
    return this.options.rawQuotes ? open + text + open : text;
  }

  /** Only the quote, `$` and the escape character itself can be escaped here. */
  #inDoubleQuotes(rawEscapes: boolean): string {
    const char = this.next()!;
    if (char !== this.#escape) return char;
    const kept = rawEscapes ? char : "";
    const escaped = this.peek();
    if (escaped === undefined) return kept;
    if (escaped !== '"' && escaped !== "$" && escaped !== this.#escape) return kept + char;
    this.#at++;
    return kept + escaped;
  }

  #dollar(): string {
    this.#at++;
    if (this.peek() === "{") {
      this.#at++;
      return new Substitution(this).read();
    }
    const name = this.readName();
    if (name === "") return "$";
    const value = this.lookup(name);
    return value ?? (this.options.keepUnset ? `$${name}` : "");
  }

  /** Letters, digits and `_`; digits alone if it begins with one; or one special parameter such as `@`. */
  readName(): string {
    const first = this.peek() ?? "";
    if (/^[@*#?\-$!]$/.test(first)) return this.next()!;
    const isPart = /^\d$/.test(first) ? /^\d$/ : /^[\p{L}\p{Nd}_]$/u;
    let name = "";
    while (isPart.test(this.peek() ?? "")) name += this.next();
    return name;
  }
}
