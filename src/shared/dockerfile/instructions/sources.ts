import { failure } from "../arguments.js";
import type { Expander } from "../definition.js";
import { heredocText, parseHeredocWord } from "../heredoc.js";
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
  if (isHeredoc(destination)) throw failure(`${name} cannot accept a heredoc as a destination`);
  const inlineFiles = heredocs.map((heredoc) => ({
    name: heredoc.name,
    text: heredocText(heredoc),
    expand: heredoc.expand,
  }));
  return { sources: words.slice(0, -1).filter((word) => !isHeredoc(word)), inlineFiles, destination };
}

export function expandSources(from: Sources, expand: Expander): Sources {
  return {
    sources: from.sources.map(expand.word),
    inlineFiles: from.inlineFiles.map((file) => (file.expand ? { ...file, text: expand.raw(file.text) } : file)),
    destination: expand.word(from.destination),
  };
}

function isHeredoc(word: string): boolean {
  return parseHeredocWord(word) !== undefined;
}
