import { processWords } from "./shell-lexer.js";

/** `<<EOF` in RUN, COPY or ADD, with the lines up to its end. */
export interface Heredoc {
  /** The word that ends it; for COPY also the file's name. */
  name: string;
  /** Lines with their newlines, as written. */
  content: string;
  /** The word was not quoted: variables in the content are expanded. */
  expand: boolean;
  /** `<<-`: leading tabs go. */
  chomp: boolean;
}

const WORD = /^(\d*)<<(-?)\s*([^<]*)$/;

/** The heredoc that one word begins, its content still empty; undefined if the word begins none. */
export function parseHeredocWord(word: string): Heredoc | undefined {
  const match = WORD.exec(word);
  const rest = match?.[3];
  if (!match || !rest) return undefined;
  const nothingSet = { lookup: () => undefined, keepUnset: true };
  const names = processWords(rest, nothingSet);
  if (names.length !== 1) return undefined;
  const quoted = processWords(rest, { ...nothingSet, rawQuotes: true });
  const isQuoted = countQuotes(quoted[0] ?? "") !== countQuotes(names[0]!);
  return { name: names[0]!, content: "", expand: !isQuoted, chomp: match[2] === "-" };
}

/** All heredocs that a line begins, in order. Quotes left open mean there are none. */
export function heredocsOfLine(line: string): Heredoc[] {
  let words: string[];
  try {
    words = processWords(line, { lookup: () => undefined, keepUnset: true, rawQuotes: true, rawEscapes: true });
  } catch {
    return [];
  }
  return words.map(parseHeredocWord).filter((heredoc) => heredoc !== undefined);
}

/** The content as `<<-` has it. */
export function heredocText({ content, chomp }: Heredoc): string {
  return chomp ? content.replace(/^\t+/gm, "") : content;
}

function countQuotes(text: string): number {
  return text.replace(/[^'"]/g, "").length;
}
