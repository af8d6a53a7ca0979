/** What a step is called where a build is followed, as BuildKit names it: variables replaced, heredocs summed up. */
import type { StageInstruction } from "../../shared/dockerfile/instructions/instructions.js";
import { expandWord, type LexerOptions } from "../../shared/dockerfile/shell-lexer.js";
import { DockerfileError, type EscapeCharacter } from "../../shared/dockerfile/source.js";

export function stepTitle(instruction: StageInstruction, lookup: LexerOptions["lookup"], escapeToken: EscapeCharacter) {
  const { name, code, heredocs } = instruction;
  if (name !== "RUN") return inUpperCase(expanded(code, { lookup, escapeToken }));
  const script =
    heredocs[0] && /^\S+(?:\s+--\S+)*\s+<<-?\s*\S+$/.test(code) ? ` (${summary(heredocs[0].content)})` : "";
  return inUpperCase(expanded(code + script, { lookup, escapeToken, rawQuotes: true, keepUnset: true }));
}

function expanded(text: string, options: LexerOptions): string {
  try {
    return expandWord(text, options).text;
  } catch (error) {
    // Text for a shell need not be text for this lexer.
    if (error instanceof DockerfileError) return text;
    throw error;
  }
}

const inUpperCase = (code: string) => code.replace(/^\S+/, (keyword) => keyword.toUpperCase());

function summary(script: string): string {
  const [first = "", ...more] = script.trim().split(/\r?\n/);
  return first + (more.length > 0 ? "..." : "");
}
