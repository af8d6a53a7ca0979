import { failure } from "../arguments.js";
import type { Expander } from "../definition.js";
import { type Heredoc, heredocText, parseHeredocWord } from "../heredoc.js";
import type { Statement } from "../statement.js";

/** What COPY and ADD have in common. */
export interface Sources {
  sources: string[];
  /** Files written in the Dockerfile itself, as heredocs; they come after `sources`. */
  inlineFiles: InlineFile[];
  destination: string;
}

export interface InlineFile {
  name: string;
  text: string;
  expand: boolean;
}

export function parseSources(name: string, { arguments: { words }, heredocs }: Statement): Sources {
  if (words.length < 2)
    throw failure(
      `${name} requires at least two arguments, but only one was provided. Destination could not be determined`,
    );
  const destination = words.at(-1)!;
  if (parseHeredocWord(destination)) throw failure(`${name} cannot accept a heredoc as a destination`);
  const files = { sources: [] as string[], inlineFiles: [] as InlineFile[], destination };
  for (const word of words.slice(0, -1)) {
    const heredoc = parseHeredocWord(word);
    if (heredoc) files.inlineFiles.push(inlineFile(heredoc, heredocs));
    else files.sources.push(word);
  }
  return files;
}

/** In the JSON form the word stands for a file, but there are no lines for it. */
function inlineFile(word: Heredoc, heredocs: readonly Heredoc[]): InlineFile {
  const { name, expand } = word;
  const content = heredocs.findLast((heredoc) => heredoc.name === name)?.content ?? "";
  return { name, text: heredocText({ ...word, content }), expand };
}

export function expandSources(from: Sources, expand: Expander): Sources {
  return {
    sources: from.sources.map(expand.word),
    inlineFiles: from.inlineFiles.map((file) => (file.expand ? { ...file, text: expand.raw(file.text) } : file)),
    destination: expand.word(from.destination),
  };
}
