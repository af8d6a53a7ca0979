import type { EscapeCharacter } from "./source.js";

/**
 * Splits at blanks outside quotes; quotes and escapes stay, for the expansion to take off. An escape character at the
 * very end is dropped.
 */
export function splitQuotedWords(text: string, escapeToken: EscapeCharacter): string[] {
  return new WordSplitter(text, escapeToken).split();
}

class WordSplitter {
  readonly #chars: string[];
  readonly #escapeToken: EscapeCharacter;
  #at = 0;

  constructor(text: string, escapeToken: EscapeCharacter) {
    this.#chars = [...text];
    this.#escapeToken = escapeToken;
  }

  split(): string[] {
    const words: string[] = [];
    while (this.#at < this.#chars.length) {
      if (/\s/.test(this.#chars[this.#at]!)) this.#at++;
      else words.push(this.#word());
    }
    return words.filter((word) => word !== "");
  }

  #word(): string {
    let word = "";
    while (this.#at < this.#chars.length && !/\s/.test(this.#chars[this.#at]!)) {
      const char = this.#chars[this.#at]!;
      word += char === "'" || char === '"' ? this.#quoted(char) : this.#char(true);
    }
    return word;
  }

  #quoted(quote: string): string {
    let text = this.#chars[this.#at++]!;
    while (this.#at < this.#chars.length) {
      if (this.#chars[this.#at] === quote) return text + this.#chars[this.#at++];
      text += this.#char(quote !== "'");
    }
    return text;
  }

  #char(escapes: boolean): string {
    const char = this.#chars[this.#at++]!;
    if (!escapes || char !== this.#escapeToken) return char;
    return this.#at < this.#chars.length ? char + this.#chars[this.#at++]! : "";
  }
}

export interface CommandSplit {
  keyword: string;
  flags: string[];
  rest: string;
}

/** `RUN --mount=… echo hi` → keyword, flags with quotes and escapes taken off, and what follows them. */
export function splitCommand(line: string, escapeToken: EscapeCharacter): CommandSplit {
  const match = /^(.*?)[\t\v\f\r ]+(.*)$/s.exec(line.trim());
  if (!match) return { keyword: line.trim(), flags: [], rest: "" };
  const { flags, rest } = takeFlags(match[2]!, escapeToken);
  return { keyword: match[1]!, flags, rest: rest.trim() };
}

function takeFlags(text: string, escapeToken: EscapeCharacter): { flags: string[]; rest: string } {
  const flags: string[] = [];
  let at = 0;
  for (;;) {
    while (at < text.length && /\s/.test(text[at]!)) at++;
    if (!text.startsWith("--", at)) return { flags, rest: text.slice(at) };
    const { word, end } = readFlag(text, at, escapeToken);
    at = end;
    if (word === "--") return { flags, rest: text.slice(at) };
    flags.push(word);
  }
}

function readFlag(text: string, start: number, escapeToken: EscapeCharacter): { word: string; end: number } {
  let word = "";
  let quote = "";
  let at = start;
  for (; at < text.length && (quote !== "" || !/\s/.test(text[at]!)); at++) {
    const char = text[at]!;
    if (char === quote) quote = "";
    else if (quote === "" && (char === "'" || char === '"')) quote = char;
    else if (char !== escapeToken) word += char;
    else if (at + 1 < text.length) word += text[++at];
  }
  return { word, end: at };
}
